package org.gpumarket.matcher;

import java.util.List;

/**
 * A hard requirement, in the order in which a refusal counts them: an offer that fails several is
 * counted under the first, so that the counts add up.
 */
public enum Criterion {
  SIMULATED,
  PROVIDER,
  RUNTIME,
  MODEL,
  TIER,
  VRAM,
  GPU_COUNT,
  RESOURCES,
  REGION,
  DURATION,
  CURRENCY,
  PRICE;

  /** Whether an offer meets it. */
  boolean meets(Offer offer, Requirements wanted) {
    return switch (this) {
      case SIMULATED -> wanted.acceptSimulated() || !offer.simulated();
      case PROVIDER ->
          (wanted.providers().isEmpty() || wanted.providers().contains(offer.key().provider()))
              && !wanted.excludedProviders().contains(offer.key().provider());
      case RUNTIME ->
          wanted.runtime().isEmpty() || offer.runtimes().contains(wanted.runtime().get());
      case MODEL -> wanted.models().isEmpty() || wanted.models().contains(offer.gpu().model());
      case TIER -> offer.gpu().tier() >= wanted.minTier();
      case VRAM -> offer.gpu().vramMib() >= wanted.minVramMib();
      case GPU_COUNT -> offer.gpuAvailable() >= wanted.gpuCount();
      case RESOURCES ->
          offer.resources().cpuMillis() >= wanted.resources().cpuMillis()
              && offer.resources().memoryMib() >= wanted.resources().memoryMib()
              && offer.resources().diskMib() >= wanted.resources().diskMib();
      case REGION ->
          (wanted.regions().isEmpty() || within(offer.region(), wanted.regions()))
              && !within(offer.region(), wanted.excludedRegions());
      case DURATION ->
          wanted.durationMillis() == 0
              || (wanted.durationMillis() >= offer.minDurationMillis()
                  && wanted.durationMillis() <= offer.maxDurationMillis());
      case CURRENCY ->
          wanted.maxPrice().isEmpty()
              || wanted.maxPrice().get().currency().equals(offer.price().currency());
      case PRICE ->
          wanted.maxPrice().isEmpty()
              || offer.price().microsPerGpuHour() <= wanted.maxPrice().get().microsPerGpuHour();
    };
  }

  private static boolean within(Region region, List<Region> any) {
    for (Region wider : any) {
      if (region.within(wider)) {
        return true;
      }
    }
    return false;
  }

  /** What an offer that fails it is, for a sentence: "7 dearer than 0.3 USD". */
  String failing(Requirements wanted) {
    return switch (this) {
      case SIMULATED -> "simulated";
      case PROVIDER -> "of other providers";
      case RUNTIME ->
          "that run no "
              + wanted
                  .runtime()
                  .map(r -> r == RuntimeKind.PROCESS ? "processes" : "containers")
                  .orElse("");
      case MODEL ->
          "of other models than " + String.join(" or ", new java.util.TreeSet<>(wanted.models()));
      case TIER -> "below the tier";
      case VRAM -> "with less than " + mib(wanted.minVramMib());
      case GPU_COUNT ->
          wanted.gpuCount() == 1 ? "taken" : "without " + wanted.gpuCount() + " free GPUs";
      case RESOURCES -> "with too little processor, memory or disk";
      case REGION -> "outside " + regions(wanted);
      case DURATION -> "for other durations";
      case CURRENCY ->
          "in another currency than " + wanted.maxPrice().map(Price::currency).orElse("");
      case PRICE -> "dearer than " + wanted.maxPrice().map(Price::toString).orElse("");
    };
  }

  private static String regions(Requirements wanted) {
    String in = String.join(" or ", wanted.regions().stream().map(Region::text).toList());
    String out =
        String.join(", ", wanted.excludedRegions().stream().map(r -> "not " + r.text()).toList());
    return in.isEmpty()
        ? "the regions allowed (" + out + ")"
        : out.isEmpty() ? in : in + ", " + out;
  }

  private static String mib(long mib) {
    return mib % 1024 == 0 ? mib / 1024 + " GiB" : mib + " MiB";
  }
}
