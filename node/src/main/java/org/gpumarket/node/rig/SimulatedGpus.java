package org.gpumarket.node.rig;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.GpuModel;

/** Cards that are only said to be there, for trying the program out: "2xrtx4090,a100-80g". */
public final class SimulatedGpus implements GpuSource {
  private static final int MAX_GPUS = 64;

  private final List<Gpu> gpus;

  private SimulatedGpus(List<Gpu> gpus) {
    this.gpus = List.copyOf(gpus);
  }

  /**
   * Reads the owner's word.
   *
   * @param owner makes the cards' names differ between nodes
   * @throws IllegalArgumentException with one sentence when a model is unknown or there are too
   *     many
   */
  public static SimulatedGpus parse(String text, NodeId owner) {
    List<Gpu> gpus = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] counted = part.strip().split("x", 2);
      boolean hasCount = counted.length == 2 && counted[0].matches("[0-9]{1,3}");
      int count = hasCount ? Integer.parseInt(counted[0]) : 1;
      String name = hasCount ? counted[1] : part.strip();
      GpuModel model =
          GpuCatalog.standard()
              .model(name)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no GPU model is called '"
                              + name
                              + "'; known are "
                              + String.join(", ", new TreeSet<>(GpuCatalog.standard().models()))));
      for (int i = 0; i < count; i++) {
        gpus.add(
            new Gpu(gpus.size(), "SIM-" + owner.abbreviated() + "-" + gpus.size(), model, true));
      }
    }
    if (gpus.isEmpty() || gpus.size() > MAX_GPUS) {
      throw new IllegalArgumentException("1 to " + MAX_GPUS + " GPUs can be simulated");
    }
    return new SimulatedGpus(gpus);
  }

  @Override
  public List<Gpu> gpus() {
    return gpus;
  }
}
