package org.gpumarket.matcher.packing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * Puts a demand where the rig's {@link RigValue} falls least; among equals on the rig, and there on
 * the GPU, with the lowest number. A shared GPU is chosen by the same loss; of whole GPUs the
 * lowest-numbered are named, since they are worth the same.
 *
 * <p>Losses are kept until their rig changes, so that a decision values only what has changed since
 * the last one for an equal demand: time O(rigs) and, in the worst case, O(rigs × GPUs) valuations;
 * memory 12 bytes a rig for each of at most {@value #MAX_KINDS} kinds of demand. For one thread.
 */
public final class LeastLoss implements PackingPolicy {
  private static final int MAX_KINDS = 512;
  private static final int UNKNOWN = -1;

  private final Fleet fleet;
  private final RigValue value;
  private final DoubleUnaryOperator reading;
  private final Map<Demand, Losses> losses = new HashMap<>();

  /**
   * Decides for a fleet.
   *
   * @param fleet read at each decision, never changed
   * @param reading how a loss is read before rigs are compared by it, such as rounded
   */
  public LeastLoss(Fleet fleet, RigValue value, DoubleUnaryOperator reading) {
    this.fleet = fleet;
    this.value = value;
    this.reading = reading;
  }

  @Override
  public Optional<Placement> choose(Demand demand) {
    if (losses.size() == MAX_KINDS && !losses.containsKey(demand)) {
      losses.clear();
    }
    Losses known = losses.computeIfAbsent(demand, _ -> new Losses(fleet.size()));
    int best = -1;
    for (int rig = 0; rig < fleet.size(); rig++) {
      if (fleet.fits(rig, demand)) {
        if (known.asOf[rig] != fleet.changes(rig)) {
          known.asOf[rig] = fleet.changes(rig);
          known.loss[rig] = reading.applyAsDouble(loss(rig, demand).loss);
        }
        if (best < 0 || known.loss[rig] < known.loss[best]) {
          best = rig;
        }
      }
    }
    return best < 0 ? Optional.empty() : Optional.of(place(best, demand));
  }

  private Placement place(int rig, Demand demand) {
    return new Placement(
        rig, demand.sharesGpu() ? List.of(loss(rig, demand).gpu) : fleet.firstGpus(rig, demand));
  }

  private Loss loss(int rig, Demand demand) {
    String model = fleet.rig(rig).model();
    long cpu = fleet.freeCpuMillis(rig);
    long memory = fleet.freeMemoryMib(rig);
    int[] gpus = fleet.freeGpuMillis(rig);
    double before = value.of(model, cpu, memory, gpus);
    long cpuAfter = cpu - demand.cpuMillis();
    long memoryAfter = memory - demand.memoryMib();
    if (!demand.sharesGpu()) {
      fleet.firstGpus(rig, demand).forEach(gpu -> gpus[gpu] = 0);
      return new Loss(before - value.of(model, cpuAfter, memoryAfter, gpus), 0);
    }
    Loss least = new Loss(Double.POSITIVE_INFINITY, -1);
    for (int gpu = 0; gpu < gpus.length; gpu++) {
      if (gpus[gpu] >= demand.gpuMillis() && !isIn(gpus, gpu)) {
        gpus[gpu] -= demand.gpuMillis();
        double loss = before - value.of(model, cpuAfter, memoryAfter, gpus);
        gpus[gpu] += demand.gpuMillis();
        if (least.gpu < 0 || loss < least.loss) {
          least = new Loss(loss, gpu);
        }
      }
    }
    return least;
  }

  /** Whether an earlier GPU has as much free. */
  private static boolean isIn(int[] gpus, int gpu) {
    for (int i = 0; i < gpu; i++) {
      if (gpus[i] == gpus[gpu]) {
        return true;
      }
    }
    return false;
  }

  private record Loss(double loss, int gpu) {}

  private static final class Losses {
    private final double[] loss;
    private final int[] asOf;

    private Losses(int rigs) {
      loss = new double[rigs];
      asOf = new int[rigs];
      Arrays.fill(asOf, UNKNOWN);
    }
  }
}
