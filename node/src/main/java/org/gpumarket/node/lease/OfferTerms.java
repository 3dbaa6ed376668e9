package org.gpumarket.node.lease;

import java.util.List;
import java.util.Set;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;

/**
 * One of this node's own offers, as far as a quote needs it.
 *
 * @param sequence the newest that was made public
 * @param gpuUuids every card under the offer, free or not
 * @param resources for all leases of the offer together
 */
public record OfferTerms(
    String offerId,
    long sequence,
    GpuModel gpu,
    Price price,
    List<String> gpuUuids,
    Resources resources,
    long minDurationMillis,
    long maxDurationMillis,
    Set<RuntimeKind> runtimes,
    boolean simulated) {
  /** Copies the collections. */
  public OfferTerms {
    gpuUuids = List.copyOf(gpuUuids);
    runtimes = Set.copyOf(runtimes);
  }
}
