package org.gpumarket.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Fleet;
import org.gpumarket.matcher.packing.PackingPolicy;
import org.gpumarket.matcher.packing.Placement;

/**
 * The rig with the least left: half of it free processors (as a share of 128), half free GPUs (as a
 * share of 8), as the published comparison has it; there the fullest GPU with room.
 */
final class BestFit implements PackingPolicy {
  private static final double MOST_CPU_MILLIS = 128_000;
  private static final double MOST_GPU_MILLIS = 8_000;

  private final Fleet fleet;

  BestFit(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public Optional<Placement> choose(Demand demand) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int rig = 0; rig < fleet.size(); rig++) {
      if (fleet.fits(rig, demand)) {
        double left =
            fleet.freeCpuMillis(rig) / MOST_CPU_MILLIS
                + Arrays.stream(fleet.freeGpuMillis(rig)).sum() / MOST_GPU_MILLIS;
        if (left < least) {
          least = left;
          best = rig;
        }
      }
    }
    return best < 0 ? Optional.empty() : Optional.of(place(fleet, best, demand));
  }

  /** The fullest GPUs of this rig with room for the demand. */
  static Placement place(Fleet fleet, int rig, Demand demand) {
    int[] free = fleet.freeGpuMillis(rig);
    return new Placement(
        rig,
        IntStream.range(0, free.length)
            .filter(gpu -> free[gpu] >= demand.gpuMillis())
            .boxed()
            .sorted(Comparator.comparingInt(gpu -> free[gpu]))
            .limit(demand.gpus())
            .sorted()
            .toList());
  }
}
