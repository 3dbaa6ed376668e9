package org.gpumarket.ledger.books;

/** What usage costs: the one rounding rule of the whole program. */
public final class Owed {
  /** Milliseconds in an hour: prices are per GPU-hour, usage is in GPU-milliseconds. */
  public static final long MILLIS_PER_HOUR = 3_600_000;

  private Owed() {}

  /**
   * floor(usage × price / 3,600,000), in 128 bits, always from the total so far.
   *
   * @param gpuMillis GPU-milliseconds used so far, 0 or more
   * @param microsPerGpuHour millionths of a currency's unit per GPU-hour, 0 or more
   * @return millionths of the unit
   * @throws ArithmeticException when the amount does not fit 63 bits
   * @throws IllegalArgumentException when an argument is negative
   */
  public static long micros(long gpuMillis, long microsPerGpuHour) {
    if (gpuMillis < 0 || microsPerGpuHour < 0) {
      throw new IllegalArgumentException("usage and price are never negative");
    }
    long high = Math.multiplyHigh(gpuMillis, microsPerGpuHour);
    long low = gpuMillis * microsPerGpuHour;
    if (high == 0 && low >= 0) {
      return low / MILLIS_PER_HOUR;
    }
    return java.math.BigInteger.valueOf(gpuMillis)
        .multiply(java.math.BigInteger.valueOf(microsPerGpuHour))
        .divide(java.math.BigInteger.valueOf(MILLIS_PER_HOUR))
        .longValueExact();
  }
}
