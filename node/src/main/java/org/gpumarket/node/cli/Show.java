package org.gpumarket.node.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.gpumarket.node.settings.Values;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Tier;

/** Values as tables and sentences show them. */
final class Show {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int ID_CHARS = 9;

  private Show() {}

  static String id(String id) {
    return id.length() <= ID_CHARS ? id : id.substring(0, ID_CHARS);
  }

  static String price(Price price) {
    return Values.amount(price.getMicrosPerGpuHour()) + " " + price.getCurrencyCode();
  }

  /** To the micro-unit: that is what both sides agree on. */
  static String money(Money money) {
    return micros(money.getAmountMicros()) + " " + money.getCurrencyCode();
  }

  static String micros(long micros) {
    return java.math.BigDecimal.valueOf(micros, 6).toPlainString();
  }

  static String tier(Tier tier) {
    return tier.name().substring("TIER_".length()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String gpus(int count, GpuModel gpu, boolean simulated) {
    return count + "x" + gpu.getModel() + (simulated ? " (simulated)" : "");
  }

  static String state(LeaseView lease) {
    String state =
        lease
            .getStatus()
            .getState()
            .name()
            .substring("LEASE_STATE_".length())
            .toLowerCase(Locale.ROOT);
    return switch (lease.getStatus().getCloseReason()) {
      case CLOSE_REASON_UNSPECIFIED, UNRECOGNIZED -> state;
      default ->
          state
              + " ("
              + lease
                  .getStatus()
                  .getCloseReason()
                  .name()
                  .substring("CLOSE_REASON_".length())
                  .toLowerCase(Locale.ROOT)
                  .replace('_', ' ')
              + ")";
    };
  }

  static String seconds(long millis) {
    return Values.shown(Duration.ofMillis(millis));
  }

  static String time(long unixMillis) {
    return TIME.format(Instant.ofEpochMilli(unixMillis));
  }
}
