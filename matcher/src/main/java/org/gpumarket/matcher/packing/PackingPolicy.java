package org.gpumarket.matcher.packing;

import java.util.Optional;

/** Decides which rig of its fleet gets a demand. */
public interface PackingPolicy {
  /**
   * Chooses a place; the fleet is not changed.
   *
   * @return a place where the demand fits; empty only when it fits nowhere
   */
  Optional<Placement> choose(Demand demand);
}
