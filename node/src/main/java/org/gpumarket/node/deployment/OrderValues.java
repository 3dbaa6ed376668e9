package org.gpumarket.node.deployment;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.matcher.Region;
import org.gpumarket.node.settings.Values;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Tier;

/**
 * What an order asks for, as files and flags write it. Each throws IllegalArgumentException with
 * one sentence that says what would be right.
 */
public final class OrderValues {
  private static final Duration MAX_DURATION = Duration.ofDays(30);

  /** As offers have at most: 16 TiB. */
  private static final long MAX_VRAM_MIB = 16L << 20;

  private OrderValues() {}

  /** A tier by its name, "medium-1". */
  public static Tier tier(String text) {
    String name = "TIER_" + text.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(Tier.values())
        .filter(t -> t.name().equals(name) && t != Tier.TIER_UNSPECIFIED)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a tier is one of entry-1 to ultra-high-3, for example medium-1, not "
                        + Values.quoted(text)));
  }

  /** The short name of a GPU model, "rtx4090"; also of one that no list knows. */
  public static String model(String text) {
    if (!text.matches("[a-z0-9][a-z0-9.-]{0,47}")) {
      throw new IllegalArgumentException(
          "a model is a short name such as rtx4090, of letters a-z, digits, - and ., not "
              + Values.quoted(text));
    }
    return text;
  }

  /** "eu", "eu-de", "na-us-tx". */
  public static String region(String text) {
    return new Region(text).text();
  }

  /** The whole id of a node. */
  public static String nodeId(String text) {
    return NodeId.parse(text).text();
  }

  /** "24GiB", in MiB, at most 16 TiB. */
  public static long vramMib(String text) {
    long mib = Values.mib(text);
    if (mib > MAX_VRAM_MIB) {
      throw new IllegalArgumentException(
          "a GPU has at most 16TiB of memory, not " + Values.quoted(text));
    }
    return mib;
  }

  /** A price per GPU-hour that names its currency, "0.30 EUR". */
  public static Price price(String text) {
    return price(text, "");
  }

  /**
   * A price per GPU-hour, "0.30 EUR" or "0.30".
   *
   * @param currency where the text names none
   */
  public static Price price(String text, String currency) {
    String[] parts = text.strip().split(" +", 2);
    String named = parts.length == 2 ? parts[1] : currency;
    if (!named.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException(
          "a price is an amount and a currency such as 0.30 USD, not " + Values.quoted(text));
    }
    return Price.newBuilder()
        .setCurrencyCode(named)
        .setMicrosPerGpuHour(Values.micros(parts[0]))
        .build();
  }

  /** "90s", "2h": more than nothing and at most 30 days. */
  public static Duration leaseDuration(String text) {
    Duration duration = Values.duration(text);
    if (duration.isZero() || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException(
          "a lease lasts more than nothing and at most 30d, not " + Values.quoted(text));
    }
    return duration;
  }
}
