package org.gpumarket.node.market;

import static org.gpumarket.v1.RuntimeKind.RUNTIME_KIND_UNSPECIFIED;

import java.time.Duration;
import org.gpumarket.matcher.GpuKind;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.node.peer.HostPort;
import org.gpumarket.v1.Tier;

/** What an offer from the wire must be before anything else looks at it. */
final class OfferChecks {
  static final int MAX_ADDRESSES = 8;

  /** Longer than any deployment lasts: what asks for more is a mistake. */
  static final Duration MAX_DURATION = Duration.ofDays(366);

  static final int MAX_GPUS = 1_024;
  private static final int MAX_NAME_CHARS = 128;

  /** 16 TiB on one card: nothing comes near it. */
  private static final long MAX_VRAM_MIB = 16L << 20;

  private OfferChecks() {}

  /**
   * Reads an offer that has passed {@link #checkVersion}. Its runtimes may be none when it names
   * only such as a later version knows.
   *
   * @throws IllegalArgumentException with one sentence about the first thing that is wrong
   */
  static Offer read(org.gpumarket.v1.Offer offer, String provider) {
    require(
        offer.getAddressesCount() >= 1 && offer.getAddressesCount() <= MAX_ADDRESSES,
        "an offer without an address, or with more than " + MAX_ADDRESSES);
    require(
        offer.getAddressesList().stream().map(HostPort::parse).allMatch(a -> a.port() != 0),
        "an offer with an address of port 0, where nobody can be reached");
    require(
        offer.getMaxDurationMs() >= 1 && offer.getMaxDurationMs() <= MAX_DURATION.toMillis(),
        "an offer whose longest lease is not between a millisecond and a year");
    require(offer.getGpuCount() <= MAX_GPUS, "an offer of more than " + MAX_GPUS + " GPUs");
    require(
        offer.getGpu().getModel().matches("[a-z0-9][a-z0-9.-]{0,47}"),
        "an offer whose GPU model is not a short name");
    require(
        offer.getGpu().getDisplayName().length() <= MAX_NAME_CHARS
            && offer.getGpu().getDisplayName().chars().noneMatch(Character::isISOControl),
        "an offer whose GPU has no proper name");
    require(
        offer.getGpu().getTier() != Tier.TIER_UNSPECIFIED
            && offer.getGpu().getTier() != Tier.UNRECOGNIZED,
        "an offer of a tier that does not exist");
    require(offer.getGpu().getVramMib() <= MAX_VRAM_MIB, "an offer of impossible GPU memory");
    require(
        offer.getRuntimesList().stream().anyMatch(kind -> kind != RUNTIME_KIND_UNSPECIFIED),
        "an offer without a runtime");
    return new Offer(
        new OfferKey(provider, offer.getOfferId()),
        offer.getSequence(),
        new GpuKind(
            offer.getGpu().getModel(), offer.getGpu().getTierValue(), offer.getGpu().getVramMib()),
        offer.getGpuCount(),
        offer.getGpuAvailable(),
        WireTypes.price(offer.getPrice()),
        WireTypes.region(offer.getRegion()),
        WireTypes.resources(offer.getResources()),
        offer.getMinDurationMs(),
        offer.getMaxDurationMs(),
        WireTypes.runtimes(offer.getRuntimesList()),
        offer.getSimulated(),
        offer.getExpireTimeUnixMs());
  }

  /**
   * Checks what holds for withdrawals too. A version that has expired passes for as long as an
   * honest peer with another clock may still send it.
   */
  static void checkVersion(org.gpumarket.v1.Offer offer, long nowMillis) {
    require(offer.getOfferId().matches("[a-z0-9-]{1,64}"), "an offer without a proper name");
    require(offer.getSequence() >= 1, "an offer without a number");
    require(
        offer.getIssueTimeUnixMs() <= nowMillis + Offer.CLOCK_SKEW_MILLIS,
        "an offer from the future");
    require(
        offer.getExpireTimeUnixMs() > offer.getIssueTimeUnixMs()
            && offer.getExpireTimeUnixMs() <= offer.getIssueTimeUnixMs() + Offer.MAX_LIFE_MILLIS,
        "an offer that does not expire within an hour of its issue");
    require(
        offer.getExpireTimeUnixMs() > nowMillis - Offer.CLOCK_SKEW_MILLIS,
        "an offer that has expired long ago");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
