package org.gpumarket.matcher;

/**
 * What one GPU costs for one hour.
 *
 * @param currency ISO 4217 letters, upper case
 * @param microsPerGpuHour millionths of the currency's unit, 0 to {@link #MAX_MICROS}
 */
public record Price(String currency, long microsPerGpuHour) {
  /** A million of the unit for one GPU-hour: no market asks that, and sums stay in 63 bits. */
  public static final long MAX_MICROS = 1_000_000_000_000L;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with one sentence when one is out of range
   */
  public Price {
    if (!isCurrency(currency)) {
      throw new IllegalArgumentException("a currency is three letters such as USD");
    }
    if (microsPerGpuHour < 0 || microsPerGpuHour > MAX_MICROS) {
      throw new IllegalArgumentException("a price per GPU-hour is from 0 to 1,000,000");
    }
  }

  static boolean isCurrency(String letters) {
    return letters.length() == 3 && letters.chars().allMatch(c -> c >= 'A' && c <= 'Z');
  }

  /** The amount alone, without zeros that say nothing: "0.3", "12". */
  public String amount() {
    String fraction = String.format(java.util.Locale.ROOT, "%06d", microsPerGpuHour % 1_000_000);
    String digits = microsPerGpuHour / 1_000_000 + "." + fraction;
    return digits.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  @Override
  public String toString() {
    return amount() + " " + currency;
  }
}
