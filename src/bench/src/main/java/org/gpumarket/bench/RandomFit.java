package org.gpumarket.bench;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Fleet;
import org.gpumarket.matcher.packing.PackingPolicy;
import org.gpumarket.matcher.packing.Placement;

/** Any rig on which the demand fits, each as likely; there the fullest GPU with room. */
final class RandomFit implements PackingPolicy {
  private final Fleet fleet;
  private final RandomGenerator random;

  RandomFit(Fleet fleet, RandomGenerator random) {
    this.fleet = fleet;
    this.random = random;
  }

  @Override
  public Optional<Placement> choose(Demand demand) {
    int chosen = -1;
    int seen = 0;
    for (int rig = 0; rig < fleet.size(); rig++) {
      if (fleet.fits(rig, demand) && random.nextInt(++seen) == 0) {
        chosen = rig;
      }
    }
    return chosen < 0 ? Optional.empty() : Optional.of(BestFit.place(fleet, chosen, demand));
  }
}
