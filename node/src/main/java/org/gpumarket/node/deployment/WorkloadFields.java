package org.gpumarket.node.deployment;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
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
final class WorkloadFields {
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

  /** Entries in a list of what an order asks for (offer.proto: Requirements). */
  private static final int MAX_LISTED = 64;

  private WorkloadFields() {}

  static DeploymentWorkload read(String deployment, String name, YamlFields fields)
      throws SettingsException {
    fields.allowOnly(KEYS);
    RuntimeKind runtime =
        fields.parsed("runtime", RuntimeKind.RUNTIME_KIND_CONTAINER, WorkloadFields::runtime);
    Resources resources = resources(fields);
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setName(deployment + "/" + name)
            .setRuntime(runtime)
            .setImage(fields.text("image", ""))
            .addAllCommand(fields.list("command", part -> part))
            .putAllEnvironment(fields.texts("env", WorkloadSpecs::checkVariable))
            .addAllPorts(fields.list("ports", WorkloadFields::port))
            .setResources(resources);
    fields.require(
        "image",
        (runtime == RuntimeKind.RUNTIME_KIND_CONTAINER) != spec.getImage().isEmpty(),
        runtime == RuntimeKind.RUNTIME_KIND_CONTAINER
            ? "a container needs an image"
            : "a process has no image");
    check(fields, spec.build());
    return DeploymentWorkload.newBuilder()
        .setName(name)
        .setSpec(spec)
        .setRequirements(requirements(fields, runtime, resources))
        .setPolicy(fields.parsed("policy", Policy.POLICY_CHEAPEST, WorkloadFields::policy))
        .build();
  }

  private static Resources resources(YamlFields fields) throws SettingsException {
    return Resources.newBuilder()
        .setCpuMillis(
            fields.parsed(
                "cpus", 0L, text -> possible(Values.millis(text), Resources.Builder::setCpuMillis)))
        .setMemoryMib(
            fields.parsed(
                "memory", 0L, text -> possible(Values.mib(text), Resources.Builder::setMemoryMib)))
        .setDiskMib(
            fields.parsed(
                "disk", 0L, text -> possible(Values.mib(text), Resources.Builder::setDiskMib)))
        .build();
  }

  private static long possible(
      long amount, BiFunction<Resources.Builder, Long, Resources.Builder> setter) {
    WorkloadSpecs.checkResources(setter.apply(Resources.newBuilder(), amount).build());
    return amount;
  }

  /** What is wrong with a whole list or text, by the rules that the provider applies too. */
  private static void check(YamlFields fields, WorkloadSpec spec) throws SettingsException {
    if (spec.getRuntime() == RuntimeKind.RUNTIME_KIND_CONTAINER) {
      fields.check("image", () -> WorkloadSpecs.checkImage(spec.getImage()));
    }
    fields.check("command", () -> WorkloadSpecs.checkCommand(spec.getCommandList()));
    fields.check("env", () -> WorkloadSpecs.checkEnvironment(spec.getEnvironmentMap()));
    fields.check("ports", () -> WorkloadSpecs.checkPorts(spec.getPortsList()));
    fields.require(
        "command",
        spec.getRuntime() == RuntimeKind.RUNTIME_KIND_CONTAINER || spec.getCommandCount() > 0,
        "a process needs a command");
  }

  private static Requirements requirements(
      YamlFields fields, RuntimeKind runtime, Resources resources) throws SettingsException {
    Requirements.Builder wanted =
        Requirements.newBuilder()
            .addAllModels(any(fields, "models", OrderValues::model))
            .setMinTier(fields.parsed("min-tier", Tier.TIER_UNSPECIFIED, OrderValues::tier))
            .setMinVramMib(fields.parsed("min-vram", 0L, OrderValues::vramMib))
            .setGpuCount((int) fields.number("gpus", 1, 1, 1_024))
            .addAllRegions(any(fields, "regions", OrderValues::region))
            .addAllExcludedRegions(any(fields, "exclude-regions", OrderValues::region))
            .setResources(resources)
            .setDurationMs(
                fields.parsed("duration", DEFAULT_DURATION, OrderValues::leaseDuration).toMillis())
            .setRuntime(runtime)
            .setAcceptSimulated(fields.flag("accept-simulated"))
            .addAllProviders(any(fields, "providers", OrderValues::nodeId))
            .addAllExcludedProviders(any(fields, "exclude-providers", OrderValues::nodeId));
    // A file means the same everywhere, so no setting of a node stands in for a currency.
    Price price = fields.parsed("max-price", Price.getDefaultInstance(), OrderValues::price);
    if (!price.getCurrencyCode().isEmpty()) {
      wanted.setMaxPrice(price);
    }
    return wanted.build();
  }

  private static List<String> any(YamlFields fields, String key, UnaryOperator<String> parser)
      throws SettingsException {
    List<String> any = fields.list(key, parser);
    fields.require(key, any.size() <= MAX_LISTED, "a list has at most " + MAX_LISTED + " entries");
    return any;
  }

  private static int port(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("a port is from 1 to 65535");
    }
    return Integer.parseInt(text);
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
}
