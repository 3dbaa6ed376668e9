package org.gpumarket.matcher;

import java.util.Locale;

/**
 * Something of which an offer has an amount and an order may want a least amount. Every amount is a
 * whole number from 0 to {@link Integer#MAX_VALUE}, so that an index can keep the highest of many.
 */
enum Measure {
  /** GPUs that are free. */
  GPUS,
  /** Thousandths of a processor. */
  CPU_MILLIS,
  /** MiB. */
  MEMORY_MIB,
  /** MiB. */
  DISK_MIB,
  /** Longest lease, whole seconds, rounded down. */
  LONGEST_SECONDS,
  /** {@link Integer#MAX_VALUE} less the shortest lease in seconds, rounded up. */
  BREVITY_SECONDS;

  private static final Measure[] ALL = values();

  /** How many there are. */
  static final int COUNT = ALL.length;

  /** The first this many differ from offer to offer; the others stand in the profile they share. */
  static final int COLUMNS = 4;

  /** Where its amounts stand among those of all measures, from 0. */
  @SuppressWarnings("EnumOrdinal") // Numbers the columns of a running index; never stored or sent.
  int number() {
    return ordinal();
  }

  /** The one of this number. */
  static Measure at(int number) {
    return ALL[number];
  }

  /** What an offer has of it. */
  int of(Offer offer) {
    return switch (this) {
      case GPUS -> offer.gpuAvailable();
      case CPU_MILLIS -> (int) offer.resources().cpuMillis();
      case MEMORY_MIB -> (int) offer.resources().memoryMib();
      case DISK_MIB -> (int) offer.resources().diskMib();
      case LONGEST_SECONDS -> longest(offer.maxDurationMillis());
      case BREVITY_SECONDS -> brevity(offer.minDurationMillis());
    };
  }

  /** The amount of {@link #LONGEST_SECONDS} of an offer whose longest lease is this. */
  static int longest(long millis) {
    return (int) Math.min(millis / 1000, Integer.MAX_VALUE);
  }

  /** The amount of {@link #BREVITY_SECONDS} that a lease of this length wants or has. */
  static int brevity(long millis) {
    return (int) (Integer.MAX_VALUE - Math.min(Math.ceilDiv(millis, 1000L), Integer.MAX_VALUE));
  }

  /** An amount for a sentence. */
  String text(long amount) {
    return switch (this) {
      case GPUS -> amount + (amount == 1 ? " free GPU" : " free GPUs");
      case CPU_MILLIS ->
          amount % 1000 == 0
              ? amount / 1000 + (amount == 1000 ? " processor" : " processors")
              : String.format(Locale.ROOT, "%.1f processors", amount / 1000.0);
      case MEMORY_MIB, DISK_MIB -> mib(amount);
      case LONGEST_SECONDS -> amount + " s";
      case BREVITY_SECONDS -> Integer.MAX_VALUE - amount + " s";
    };
  }

  /** A time for a sentence, in the largest unit that leaves no rest: "7 days", "90 minutes". */
  static String duration(long millis) {
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return unit(seconds / 86_400, "day");
    }
    if (seconds % 3_600 == 0) {
      return unit(seconds / 3_600, "hour");
    }
    return seconds % 60 == 0 ? unit(seconds / 60, "minute") : unit(seconds, "second");
  }

  private static String unit(long count, String name) {
    return count + " " + name + (count == 1 ? "" : "s");
  }

  static String mib(long mib) {
    return mib % 1024 == 0 ? mib / 1024 + " GiB" : mib + " MiB";
  }
}
