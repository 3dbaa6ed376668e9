package org.gpumarket.node.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.gpumarket.v1.Tier;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * The settings of one run, all checked. Flags win over the environment, that over the file, that
 * over the defaults. Immutable.
 */
public final class Settings {
  /** A value and where it came from: "flag", "environment", "FILE:LINE" or "default". */
  public record Sourced(String value, String source) {}

  /** Usage interval and grace that leases may have (lease protocol). */
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  /** The longest that a lease may last at all (lease protocol). */
  private static final Duration LONGEST_LEASE = Duration.ofDays(30);

  /** What else of this program stands in an environment, a workload's too. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("GPUMARKET_HOME", "GPUMARKET_PASSPHRASE", "GPUMARKET_GPUS", "GPUMARKET_LEASE");

  private final Home home;
  private final Map<Setting, Sourced> values;

  private Settings(Home home, Map<Setting, Sourced> values) {
    this.home = home;
    this.values = values;
  }

  /**
   * Puts the four sources together.
   *
   * @throws SettingsException with one sentence about the first value that cannot be used
   */
  public static Settings load(
      Home home, Map<Setting, String> flags, Map<String, String> environment)
      throws SettingsException {
    Map<Setting, Sourced> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      values.put(setting, new Sourced(setting.standard(), "default"));
    }
    if (Files.exists(home.configFile())) {
      values.putAll(file(home.configFile()));
    }
    refuseMistyped(environment.keySet());
    for (Setting setting : Setting.values()) {
      String set = environment.get(setting.variable());
      if (set != null && !set.isBlank()) {
        values.put(setting, new Sourced(set.strip(), "environment"));
      }
    }
    flags.forEach((setting, value) -> values.put(setting, new Sourced(value.strip(), "flag")));
    Settings settings = new Settings(home, values);
    for (Setting setting : Setting.values()) {
      settings.check(setting);
    }
    settings.checkLeaseDurations();
    return settings;
  }

  /** Other names are left alone: container platforms set some of their own. */
  private static void refuseMistyped(Set<String> variables) throws SettingsException {
    Set<String> known = new TreeSet<>(OTHER_VARIABLES);
    Arrays.stream(Setting.values()).map(Setting::variable).forEach(known::add);
    for (String name : new TreeSet<>(variables)) {
      Optional<String> meant =
          name.startsWith("GPUMARKET_") && !known.contains(name)
              ? NearestKey.meant(name, known)
              : Optional.empty();
      if (meant.isPresent()) {
        throw new SettingsException(
            name + ": there is no such setting; the nearest is " + meant.get());
      }
    }
  }

  public Home home() {
    return home;
  }

  /** Every value with its source, in the order of {@link Setting}. */
  public Map<Setting, Sourced> all() {
    return new EnumMap<>(values);
  }

  public String text(Setting setting) {
    Sourced sourced = values.get(setting);
    return sourced == null ? setting.standard() : sourced.value();
  }

  public boolean is(Setting setting) {
    return text(setting).equals("true");
  }

  public Duration duration(Setting setting) {
    return Values.duration(text(setting));
  }

  public List<String> list(Setting setting) {
    return Arrays.stream(text(setting).split(",", -1))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** Thousandths, where a number is set. */
  public Optional<Long> millis(Setting setting) {
    return text(setting).isEmpty() ? Optional.empty() : Optional.of(Values.millis(text(setting)));
  }

  /** MiB, where a size is set. */
  public Optional<Long> mib(Setting setting) {
    return text(setting).isEmpty() ? Optional.empty() : Optional.of(Values.mib(text(setting)));
  }

  /** Micros per GPU-hour by short name of a model or by tier, as the owner wrote them. */
  public Map<String, Long> prices() {
    Map<String, Long> prices = new LinkedHashMap<>();
    for (String part : list(Setting.PRICES)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "prices are name=amount such as rtx4090=0.30, not '" + part + "'");
      }
      prices.put(
          part.substring(0, equals).strip(), Values.micros(part.substring(equals + 1).strip()));
    }
    return prices;
  }

  /** What is wrong with a value, said with the place where it was set. */
  public SettingsException complaint(Setting setting, String sentence) {
    Sourced sourced = values.get(setting);
    String source = sourced == null ? "default" : sourced.source();
    String place =
        switch (source) {
          case "flag" -> "--" + setting.key();
          case "environment" -> setting.variable();
          default -> source + ": " + setting.key();
        };
    return new SettingsException(place + ": " + sentence);
  }

  private void check(Setting setting) throws SettingsException {
    String value = text(setting);
    try {
      switch (setting.form()) {
        case ADDRESS -> checkAddress(value);
        case ADDRESSES -> list(setting).forEach(Settings::checkReachable);
        case REGION ->
            require(
                value.isEmpty() || value.matches("[a-z]{2}(-[a-z]{2}(-[a-z0-9]{1,16})?)?"),
                "a region is continent-country-area such as eu-de, not '" + value + "'");
        case BOOLEAN -> require(value.matches("true|false"), "true or false, not '" + value + "'");
        case CURRENCY ->
            require(value.matches("[A-Z]{3}"), "three letters such as USD, not '" + value + "'");
        case PRICES -> prices().keySet().forEach(Settings::checkPriced);
        case DURATION -> duration(setting);
        case INTERVAL -> requireWithin(setting, SHORTEST_INTERVAL, LONGEST_INTERVAL);
        case LONGEST_LEASE -> requireWithin(setting, Duration.ofMillis(1), LONGEST_LEASE);
        case NUMBER -> requireSome(millis(setting));
        case SIZE -> requireSome(mib(setting));
        case LEVEL ->
            require(
                value.matches("error|warn|info|debug|trace"),
                "error, warn, info, debug or trace, not '" + value + "'");
        case LOG_FORMAT -> require(value.matches("text|json"), "text or json, not '" + value + "'");
        case TEXT ->
            require(
                value.length() <= 4_096 && value.chars().noneMatch(Character::isISOControl),
                "one line of text");
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw complaint(setting, String.valueOf(e.getMessage()));
    }
  }

  private void checkLeaseDurations() throws SettingsException {
    Duration shortest = duration(Setting.MIN_DURATION);
    Duration longest = duration(Setting.MAX_DURATION);
    if (shortest.compareTo(longest) > 0) {
      throw complaint(
          Setting.MIN_DURATION,
          "the shortest lease, "
              + text(Setting.MIN_DURATION)
              + ", is longer than the longest, "
              + text(Setting.MAX_DURATION));
    }
  }

  private void requireWithin(Setting setting, Duration least, Duration most) {
    Duration duration = duration(setting);
    require(
        duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0,
        "from "
            + least.toMillis()
            + "ms to "
            + Values.shown(most)
            + ", not '"
            + text(setting)
            + "'");
  }

  private static void requireSome(Optional<Long> set) {
    require(
        set.isEmpty() || set.get() > 0, "more than nothing; leave it out to sell what there is");
  }

  private static void checkPriced(String name) {
    boolean tier = Arrays.stream(Tier.values()).anyMatch(t -> t.name().equals("TIER_" + name));
    require(
        tier || name.matches("[a-z0-9][a-z0-9.-]{0,47}"),
        "a price is for a model such as rtx4090 or a tier such as HIGH_2, not '" + name + "'");
  }

  private static void checkAddress(String value) {
    require(
        value.matches("(\\[[0-9a-fA-F:.%]+]|[A-Za-z0-9._-]+):[0-9]{1,5}")
            && Integer.parseInt(value.substring(value.lastIndexOf(':') + 1)) <= 65_535,
        "an address is host:port, not '" + value + "'");
  }

  private static void checkReachable(String value) {
    checkAddress(value);
    require(
        Integer.parseInt(value.substring(value.lastIndexOf(':') + 1)) > 0,
        "a node is reached at a port from 1 to 65535, not '" + value + "'");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static Map<Setting, Sourced> file(Path file) throws SettingsException {
    Map<Setting, Sourced> values = new EnumMap<>(Setting.class);
    var mapping = YamlFile.read(file);
    if (mapping.isEmpty()) {
      return values;
    }
    for (NodeTuple tuple : mapping.get().getValue()) {
      String where = file + ":" + YamlFile.line(tuple.getKeyNode());
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      Setting setting =
          Setting.of(key)
              .orElseThrow(
                  () ->
                      new SettingsException(
                          where
                              + ": there is no setting '"
                              + shown(key)
                              + "'; the nearest is '"
                              + NearestKey.to(
                                  key, Arrays.stream(Setting.values()).map(Setting::key).toList())
                              + "'"));
      values.put(setting, new Sourced(value(tuple, where), where));
    }
    return values;
  }

  private static String value(NodeTuple tuple, String where) throws SettingsException {
    return switch (tuple.getValueNode()) {
      case ScalarNode scalar -> scalar.getValue().equals("null") ? "" : scalar.getValue().strip();
      case org.snakeyaml.engine.v2.nodes.SequenceNode sequence ->
          String.join(
              ",",
              sequence.getValue().stream()
                  .map(n -> n instanceof ScalarNode scalar ? scalar.getValue() : "?")
                  .toList());
      case org.snakeyaml.engine.v2.nodes.MappingNode mapping ->
          String.join(
              ",",
              mapping.getValue().stream()
                  .map(
                      t ->
                          t.getKeyNode() instanceof ScalarNode key
                                  && t.getValueNode() instanceof ScalarNode scalar
                              ? key.getValue() + "=" + scalar.getValue()
                              : "?")
                  .toList());
      default -> throw new SettingsException(where + ": a value is wanted here");
    };
  }

  private static String shown(String key) {
    String plain = key.replaceAll("[^\\x20-\\x7e]", "?").toLowerCase(Locale.ROOT);
    return plain.length() <= 40 ? plain : plain.substring(0, 40) + "…";
  }
}
