package org.gpumarket.matcher;

import java.util.List;
import java.util.TreeSet;

/**
 * A hard requirement, in the order in which a refusal counts them: an offer that fails several is
 * counted under the first, so that the counts add up. The first of them are those that an index can
 * count without looking at single offers.
 */
public enum Criterion {
  SIMULATED,
  CURRENCY,
  MODEL,
  TIER,
  VRAM,
  PRICE,
  GPU_COUNT,
  REGION,
  PROCESSORS,
  MEMORY,
  DISK,
  DURATION,
  RUNTIME,
  PROVIDER;

  /** Whether an offer meets it. */
  boolean meets(Offer offer, Requirements wanted) {
    return switch (this) {
      case SIMULATED -> wanted.acceptSimulated() || !offer.simulated();
      case CURRENCY -> wanted.currency().equals(offer.price().currency());
      case MODEL -> wanted.models().isEmpty() || wanted.models().contains(offer.gpu().model());
      case TIER -> offer.gpu().tier() >= wanted.minTier();
      case VRAM -> offer.gpu().vramMib() >= wanted.minVramMib();
      case PRICE ->
          wanted.maxPrice().isEmpty()
              || offer.price().microsPerGpuHour() <= wanted.maxPrice().get().microsPerGpuHour();
      case REGION ->
          (wanted.regions().isEmpty() || within(offer.region(), wanted.regions()))
              && !within(offer.region(), wanted.excludedRegions());
      case GPU_COUNT, PROCESSORS, MEMORY, DISK, DURATION -> has(offer, wanted);
      case RUNTIME ->
          wanted.runtime().isEmpty() || offer.runtimes().contains(wanted.runtime().get());
      case PROVIDER ->
          (wanted.providers().isEmpty() || wanted.providers().contains(offer.key().provider()))
              && !wanted.excludedProviders().contains(offer.key().provider());
    };
  }

  /** Whether an order asks for it at all: where it does not, every offer meets it. */
  boolean isAskedBy(Requirements wanted) {
    return switch (this) {
      case SIMULATED -> !wanted.acceptSimulated();
      case CURRENCY, GPU_COUNT -> true;
      case MODEL -> !wanted.models().isEmpty();
      case TIER -> wanted.minTier() > GpuKind.LOWEST_TIER;
      case VRAM -> wanted.minVramMib() > 0;
      case PRICE -> wanted.maxPrice().isPresent();
      case REGION -> !wanted.regions().isEmpty() || !wanted.excludedRegions().isEmpty();
      case PROCESSORS, MEMORY, DISK, DURATION ->
          measures().stream().anyMatch(measure -> least(measure, wanted) > 0);
      case RUNTIME -> wanted.runtime().isPresent();
      case PROVIDER -> !wanted.providers().isEmpty() || !wanted.excludedProviders().isEmpty();
    };
  }

  /** Whether kinds of GPUs meet it better or worse, see {@link #nearness}. */
  boolean isOfKind() {
    return this == TIER || this == VRAM;
  }

  /** What has to be there in what amount for it. */
  List<Measure> measures() {
    return switch (this) {
      case GPU_COUNT -> List.of(Measure.GPUS);
      case PROCESSORS -> List.of(Measure.CPU_MILLIS);
      case MEMORY -> List.of(Measure.MEMORY_MIB);
      case DISK -> List.of(Measure.DISK_MIB);
      case DURATION -> List.of(Measure.LONGEST_SECONDS, Measure.BREVITY_SECONDS);
      case SIMULATED, CURRENCY, MODEL, TIER, VRAM, PRICE, REGION, RUNTIME, PROVIDER -> List.of();
    };
  }

  /** The least amount that an order wants of something; 0 where it does not ask. */
  static int least(Measure measure, Requirements wanted) {
    long seconds = wanted.durationMillis() / 1000;
    return switch (measure) {
      case GPUS -> wanted.gpuCount();
      case CPU_MILLIS -> (int) wanted.resources().cpuMillis();
      case MEMORY_MIB -> (int) wanted.resources().memoryMib();
      case DISK_MIB -> (int) wanted.resources().diskMib();
      case LONGEST_SECONDS ->
          (int) Math.min(Math.ceilDiv(wanted.durationMillis(), 1000L), Integer.MAX_VALUE);
      case BREVITY_SECONDS ->
          wanted.durationMillis() == 0
              ? 0
              : (int) (Integer.MAX_VALUE - Math.min(seconds, Integer.MAX_VALUE));
    };
  }

  /** What an offer that fails it is, for a sentence: "7 dearer than 0.3 USD". */
  String failing(Requirements wanted) {
    return switch (this) {
      case SIMULATED -> "simulated";
      case CURRENCY -> "in another currency than " + wanted.currency();
      case MODEL -> "of other models than " + String.join(" or ", new TreeSet<>(wanted.models()));
      case TIER -> "below the tier";
      case VRAM -> "with less than " + Measure.mib(wanted.minVramMib());
      case PRICE -> "dearer than " + wanted.maxPrice().map(Price::toString).orElse("");
      case GPU_COUNT ->
          wanted.gpuCount() == 1 ? "taken" : "without " + wanted.gpuCount() + " free GPUs";
      case REGION -> "outside " + regions(wanted);
      case PROCESSORS -> "without " + Measure.CPU_MILLIS.text(wanted.resources().cpuMillis());
      case MEMORY ->
          "without " + Measure.MEMORY_MIB.text(wanted.resources().memoryMib()) + " of memory";
      case DISK -> "without " + Measure.DISK_MIB.text(wanted.resources().diskMib()) + " of disk";
      case DURATION -> "not for " + Measure.duration(wanted.durationMillis());
      case RUNTIME ->
          "that run no "
              + wanted
                  .runtime()
                  .map(r -> r == RuntimeKind.PROCESS ? "processes" : "containers")
                  .orElse("");
      case PROVIDER -> "of other providers";
    };
  }

  /** What would let in an offer that fails nothing else, for a sentence: "at 0.34 USD". */
  String relaxation(Offer nearest, Requirements wanted) {
    return switch (this) {
      case SIMULATED -> "if simulated GPUs will do";
      case CURRENCY -> "in " + nearest.price().currency();
      case MODEL -> "with " + nearest.gpu().model();
      case TIER -> "from tier " + nearest.gpu().tier() + " of " + GpuKind.HIGHEST_TIER;
      case VRAM -> "with " + Measure.mib(nearest.gpu().vramMib());
      case PRICE -> "at " + nearest.price();
      case GPU_COUNT ->
          nearest.gpuAvailable() == 0
              ? "once one is free"
              : "with " + Measure.GPUS.text(nearest.gpuAvailable());
      case REGION -> "in " + nearest.region();
      case PROCESSORS -> "with " + Measure.CPU_MILLIS.text(nearest.resources().cpuMillis());
      case MEMORY ->
          "with " + Measure.MEMORY_MIB.text(nearest.resources().memoryMib()) + " of memory";
      case DISK -> "with " + Measure.DISK_MIB.text(nearest.resources().diskMib()) + " of disk";
      case DURATION ->
          Measure.longest(nearest.maxDurationMillis()) < least(Measure.LONGEST_SECONDS, wanted)
              ? "for at most " + Measure.duration(nearest.maxDurationMillis())
              : "for at least " + Measure.duration(nearest.minDurationMillis());
      case RUNTIME ->
          "as a " + (nearest.runtimes().contains(RuntimeKind.PROCESS) ? "process" : "container");
      case PROVIDER -> "from another provider";
    };
  }

  /**
   * How near an offer comes that fails it and nothing else: the higher, the smaller the relaxation.
   * The same for all where offers differ in kind and not in amount; prices decide by themselves.
   */
  int nearness(Offer offer) {
    return switch (this) {
      case TIER -> offer.gpu().tier();
      case VRAM -> (int) offer.gpu().vramMib();
      case GPU_COUNT, PROCESSORS, MEMORY, DISK -> measures().getFirst().of(offer);
      case SIMULATED, CURRENCY, MODEL, PRICE, REGION, DURATION, RUNTIME, PROVIDER -> 0;
    };
  }

  private boolean has(Offer offer, Requirements wanted) {
    for (Measure measure : measures()) {
      if (measure.of(offer) < least(measure, wanted)) {
        return false;
      }
    }
    return true;
  }

  private static boolean within(Region region, List<Region> any) {
    for (Region wider : any) {
      if (region.within(wider)) {
        return true;
      }
    }
    return false;
  }

  private static String regions(Requirements wanted) {
    String in = String.join(" or ", wanted.regions().stream().map(Region::text).toList());
    String out =
        String.join(", ", wanted.excludedRegions().stream().map(r -> "not " + r.text()).toList());
    return in.isEmpty()
        ? "the regions allowed (" + out + ")"
        : out.isEmpty() ? in : in + ", " + out;
  }
}
