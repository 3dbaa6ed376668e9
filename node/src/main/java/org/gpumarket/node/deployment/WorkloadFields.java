package org.gpumarket.node.deployment;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.node.settings.Values;
import org.gpumarket.v1.DeploymentWorkload;
import org.gpumarket.v1.Policy;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.Tier;
import org.gpumarket.v1.WorkloadSpec;

/** Reads what stands under one workload's name. */
public final class WorkloadFields {
  private static final Set<String> KEYS =
      Set.of(
          "image",
          "runtime",
          "command",
          "env",
          "ports",
          "replicas",
          "gpus",
          "models",
          "min-tier",
          "min-vram",
          "regions",
          "exclude-regions",
          "max-price",
          "cpus",
          "memory",
          "disk",
          "duration",
          "policy",
          "accept-simulated",
          "providers",
          "exclude-providers");

  private static final Duration DEFAULT_DURATION = Duration.ofHours(1);
  private static final Duration MAX_DURATION = Duration.ofDays(30);

  private WorkloadFields() {}

  static DeploymentWorkload read(String deployment, String name, YamlFields fields)
      throws SettingsException {
    fields.allowOnly(KEYS);
    RuntimeKind runtime =
        fields.parsed("runtime", RuntimeKind.RUNTIME_KIND_CONTAINER, WorkloadFields::runtime);
    Resources resources =
        Resources.newBuilder()
            .setCpuMillis(fields.parsed("cpus", 0L, Values::millis))
            .setMemoryMib(fields.parsed("memory", 0L, Values::mib))
            .setDiskMib(fields.parsed("disk", 0L, Values::mib))
            .build();
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setName(deployment + "/" + name)
            .setRuntime(runtime)
            .setImage(fields.text("image", ""))
            .addAllCommand(fields.list("command"))
            .putAllEnvironment(fields.texts("env"))
            .setResources(resources);
    for (String port : fields.list("ports")) {
      fields.require(
          "ports",
          port.matches("[0-9]{1,5}")
              && Integer.parseInt(port) >= 1
              && Integer.parseInt(port) <= 65_535,
          "a port is from 1 to 65535");
      spec.addPorts(Integer.parseInt(port));
    }
    fields.require(
        "image",
        (runtime == RuntimeKind.RUNTIME_KIND_CONTAINER) != spec.getImage().isEmpty(),
        runtime == RuntimeKind.RUNTIME_KIND_CONTAINER
            ? "a container needs an image"
            : "a process has no image");
    return DeploymentWorkload.newBuilder()
        .setName(name)
        .setSpec(spec)
        .setRequirements(requirements(fields, runtime, resources))
        .setPolicy(fields.parsed("policy", Policy.POLICY_CHEAPEST, WorkloadFields::policy))
        .build();
  }

  private static Requirements requirements(
      YamlFields fields, RuntimeKind runtime, Resources resources) throws SettingsException {
    Requirements.Builder wanted =
        Requirements.newBuilder()
            .addAllModels(fields.list("models"))
            .setMinTier(fields.parsed("min-tier", Tier.TIER_UNSPECIFIED, WorkloadFields::tier))
            .setMinVramMib(fields.parsed("min-vram", 0L, Values::mib))
            .setGpuCount((int) fields.number("gpus", 1, 1, 1_024))
            .addAllRegions(regions(fields, "regions"))
            .addAllExcludedRegions(regions(fields, "exclude-regions"))
            .setResources(resources)
            .setDurationMs(
                fields.parsed("duration", DEFAULT_DURATION, WorkloadFields::duration).toMillis())
            .setRuntime(runtime)
            .setAcceptSimulated(fields.flag("accept-simulated"))
            .addAllProviders(fields.list("providers"))
            .addAllExcludedProviders(fields.list("exclude-providers"));
    Price price = fields.parsed("max-price", Price.getDefaultInstance(), WorkloadFields::price);
    if (!price.getCurrencyCode().isEmpty()) {
      wanted.setMaxPrice(price);
    }
    return wanted.build();
  }

  private static List<String> regions(YamlFields fields, String key) throws SettingsException {
    List<String> regions = fields.list(key);
    for (String region : regions) {
      fields.require(
          key,
          region.matches("[a-z]{2}(-[a-z]{2}(-[a-z0-9]{1,16})?)?"),
          "a region is continent-country-area such as eu-de");
    }
    return regions;
  }

  /** "0.30 USD"; the currency may be left out. */
  private static Price price(String text) {
    String[] parts = text.strip().split(" +", 2);
    String currency = parts.length == 2 ? parts[1] : "USD";
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("a price is an amount and a currency such as 0.30 USD");
    }
    return Price.newBuilder()
        .setCurrencyCode(currency)
        .setMicrosPerGpuHour(Values.micros(parts[0]))
        .build();
  }

  private static Duration duration(String text) {
    Duration duration = Values.duration(text);
    if (duration.isZero() || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException("a lease lasts more than nothing and at most 30d");
    }
    return duration;
  }

  private static RuntimeKind runtime(String text) {
    return switch (text) {
      case "container" -> RuntimeKind.RUNTIME_KIND_CONTAINER;
      case "process" -> RuntimeKind.RUNTIME_KIND_PROCESS;
      default -> throw new IllegalArgumentException("container or process is wanted");
    };
  }

  private static Policy policy(String text) {
    return switch (text) {
      case "cheapest" -> Policy.POLICY_CHEAPEST;
      case "balanced" -> Policy.POLICY_BALANCED;
      default -> throw new IllegalArgumentException("cheapest or balanced is wanted");
    };
  }

  /** A tier by its name in files and flags, "medium-1"; IllegalArgumentException for others. */
  public static Tier tier(String text) {
    String name = "TIER_" + text.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(Tier.values())
        .filter(t -> t.name().equals(name) && t != Tier.TIER_UNSPECIFIED)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a tier is one of entry-1 to ultra-high-3, for example medium-1"));
  }
}
