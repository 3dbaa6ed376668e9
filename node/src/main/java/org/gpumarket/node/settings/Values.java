package org.gpumarket.node.settings;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, sizes and amounts as people write them. Each throws IllegalArgumentException. */
public final class Values {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})( ?)(MiB|GiB|TiB)");
  private static final Map<String, Long> MIB = Map.of("MiB", 1L, "GiB", 1_024L, "TiB", 1_048_576L);
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  private Values() {}

  /** "90s", "10m", "2h", "7d". */
  public static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a duration is a number with ms, s, m, h or d such as 90s or 2h, not " + quoted(text));
    }
    long unit = MILLIS.getOrDefault(matcher.group(2), 1L);
    return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
  }

  /** "512MiB", "24GiB"; the answer is in MiB. */
  public static long mib(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a size is a number with MiB, GiB or TiB such as 24GiB, not " + quoted(text));
    }
    return Math.multiplyExact(
        Long.parseLong(matcher.group(1)), MIB.getOrDefault(matcher.group(3), 1L));
  }

  /** "0.30": millionths, at most six decimals. */
  public static long micros(String text) {
    try {
      if (!text.matches("[0-9]{1,7}(\\.[0-9]{1,6})?")) {
        throw new ArithmeticException();
      }
      return new BigDecimal(text).multiply(MILLION).longValueExact();
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException(
          "an amount is a number such as 0.30 with at most six decimals, not " + quoted(text));
    }
  }

  /** Millionths as people read them: "0.30", "12.000001"; always two decimals or more. */
  public static String amount(long micros) {
    BigDecimal amount = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
    return (amount.scale() < 2 ? amount.setScale(2) : amount).toPlainString();
  }

  /** Thousandths of a processor: "1.5" is 1500. */
  public static long millis(String text) {
    if (!text.matches("[0-9]{1,5}(\\.[0-9]{1,3})?")) {
      throw new IllegalArgumentException(
          "a number such as 2 or 0.5 is wanted, not " + quoted(text));
    }
    return new BigDecimal(text).multiply(BigDecimal.valueOf(1_000)).longValueExact();
  }

  /** What somebody wrote, for a message about it: in quotes, on one line, not too long. */
  public static String quoted(String text) {
    String plain = text.replaceAll("[\\p{Cntrl}\u0085\u2028\u2029]", "?");
    return "'" + (plain.length() <= 40 ? plain : plain.substring(0, 40) + "…") + "'";
  }

  /** A duration as people read it: "90s", "2h", "1h30m". */
  public static String shown(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + "s";
    }
    StringBuilder text = new StringBuilder();
    part(text, seconds / 86_400, "d");
    part(text, seconds / 3_600 % 24, "h");
    part(text, seconds / 60 % 60, "m");
    part(text, seconds % 60, "s");
    return text.toString();
  }

  private static void part(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(unit);
    }
  }
}
