package org.gpumarket.node.rig;

import java.util.List;

/** Finds the cards of this rig. */
public interface GpuSource {
  /**
   * The cards, in the order of their index; none where there are none.
   *
   * @throws RigException with one sentence when there may be cards and they cannot be asked
   */
  List<Gpu> gpus() throws RigException;
}
