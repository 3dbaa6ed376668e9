package org.gpumarket.node.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Everything that can be set. None has to be. */
public enum Setting {
  LISTEN(
      "0.0.0.0:7733",
      Form.ADDRESS,
      "where other nodes reach this one, host:port; port 0 takes a free one"),
  ADVERTISE(
      "",
      Form.ADDRESSES,
      "addresses that others are told, when they differ from the listening one"),
  BOOTSTRAP("", Form.ADDRESSES, "nodes to meet first"),
  REGION("", Form.REGION, "where the rig stands: continent-country-area, for example eu-de"),
  SELL("true", Form.BOOLEAN, "whether this node offers its GPUs"),
  CURRENCY("USD", Form.CURRENCY, "currency of all prices"),
  PRICES(
      "",
      Form.PRICES,
      "prices per GPU-hour by model or tier, for example rtx4090=0.30,HIGH_2=0.90"),
  SIMULATE_GPUS("", Form.TEXT, "GPUs that are only said to be there, for example 2xrtx4090"),
  ALLOW_PROCESS_RUNTIME(
      "false", Form.BOOLEAN, "whether strangers' plain processes may run here: no isolation"),
  CONTAINER_SOCKET(
      "", Form.TEXT, "socket of Docker or Podman; found by itself in the usual places"),
  SETTLEMENT_INTERVAL(
      "30s", Form.INTERVAL, "how often usage is told and paid by voucher, 100ms to 1h"),
  VOUCHER_GRACE(
      "60s",
      Form.INTERVAL,
      "how long a voucher may be late before the workload is paused, then closed; 100ms to 1h"),
  MIN_DURATION("0s", Form.DURATION, "shortest lease"),
  MAX_DURATION("7d", Form.LONGEST_LEASE, "longest lease, at most 30d"),
  CPUS("", Form.NUMBER, "processors to sell; all when empty"),
  MEMORY("", Form.SIZE, "memory to sell; three quarters of all when empty"),
  DISK("", Form.SIZE, "disk to sell; half of the free when empty"),
  IDLE_EXIT("0s", Form.DURATION, "ends the node after this time without a lease; 0s never"),
  LOG_LEVEL("info", Form.LEVEL, "error, warn, info, debug or trace"),
  LOG_FORMAT("text", Form.LOG_FORMAT, "text or json");

  /** What a value must look like. */
  enum Form {
    TEXT,
    ADDRESS,
    ADDRESSES,
    REGION,
    BOOLEAN,
    CURRENCY,
    PRICES,
    DURATION,
    INTERVAL,
    LONGEST_LEASE,
    NUMBER,
    SIZE,
    LEVEL,
    LOG_FORMAT
  }

  private final String standard;
  private final Form form;
  private final String description;

  Setting(String standard, Form form, String description) {
    this.standard = standard;
    this.form = form;
    this.description = description;
  }

  /** The name in the file and, with two dashes, as a flag. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The environment variable. */
  public String variable() {
    return "GPUMARKET_" + name();
  }

  public String standard() {
    return standard;
  }

  public String description() {
    return description;
  }

  Form form() {
    return form;
  }

  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(s -> s.key().equals(key)).findFirst();
  }
}
