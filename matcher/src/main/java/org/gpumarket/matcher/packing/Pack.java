package org.gpumarket.matcher.packing;

import java.util.Optional;

/**
 * The policy {@code pack}: each demand goes where the {@link Outlook} of the fleet loses least. It
 * knows only what has arrived so far: the outlook is drawn up from the demands that this instance
 * was asked or told about, first after {@value #FIRST_OUTLOOK} of them and then whenever they have
 * grown by half. Until then it fills the lowest-numbered rigs.
 *
 * <p>Guarantees: a demand that fits somewhere is placed; a place that is named has room; the same
 * fleet and the same demands in the same order give the same places. Complexity as in {@link
 * LeastLoss}. For one thread.
 */
public final class Pack implements PackingPolicy {
  private static final int FIRST_OUTLOOK = 16;

  private final Fleet fleet;
  private final DemandMix mix = new DemandMix();
  private long arrivals;
  private long nextOutlook = FIRST_OUTLOOK;
  private LeastLoss leastLoss;

  /** Decides for a fleet, which is read at each decision and never changed. */
  public Pack(Fleet fleet) {
    this.fleet = fleet;
    leastLoss = new LeastLoss(fleet, new Outlook(mix.counts()), loss -> loss);
  }

  @Override
  public Optional<Placement> choose(Demand demand) {
    learn(demand);
    return leastLoss.choose(demand);
  }

  /** Counts a demand that arrived and is not to be placed, such as one from before a restart. */
  public void learn(Demand demand) {
    mix.add(demand);
    arrivals++;
    if (arrivals == nextOutlook) {
      leastLoss = new LeastLoss(fleet, new Outlook(mix.counts()), loss -> loss);
      nextOutlook += arrivals / 2;
    }
  }
}
