package org.gpumarket.node.runtime;

import java.util.Map;
import java.util.regex.Pattern;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.WorkloadSpec;

/** What a workload must be before anything runs it (lease.proto). */
public final class WorkloadSpecs {
  static final int MAX_NAME_CHARS = 128;
  static final int MAX_IMAGE_CHARS = 512;
  static final int MAX_ARGUMENTS = 256;
  static final int MAX_VARIABLES = 256;
  static final int MAX_PORTS = 16;

  /** Of all arguments together, and of all variables together. */
  static final int MAX_CHARS = 32 << 10;

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /** Registry, path, tag and digest, as in the reference grammar of distribution. */
  private static final Pattern IMAGE =
      Pattern.compile(
          "([a-zA-Z0-9.-]+(:[0-9]{1,5})?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"
              + "(:[\\w][\\w.-]{0,127})?(@[a-z0-9]+:[a-f0-9]{32,128})?");

  private static final long MAX_CPU_MILLIS = 1_024_000;
  private static final long MAX_MIB = 16L << 20;

  private WorkloadSpecs() {}

  /**
   * Looks at every field.
   *
   * @throws IllegalArgumentException with one sentence about the first thing that is wrong
   */
  public static void check(WorkloadSpec spec) {
    require(
        spec.getName().length() <= MAX_NAME_CHARS && printable(spec.getName()),
        "a workload's name has at most " + MAX_NAME_CHARS + " printable characters");
    switch (spec.getRuntime()) {
      case RUNTIME_KIND_CONTAINER -> checkImage(spec.getImage());
      case RUNTIME_KIND_PROCESS -> {
        require(spec.getImage().isEmpty(), "a process has no image");
        require(spec.getCommandCount() > 0, "a process needs a command");
      }
      case RUNTIME_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a workload says how it is run");
    }
    checkCommand(spec);
    checkEnvironment(spec.getEnvironmentMap());
    require(spec.getPortsCount() <= MAX_PORTS, "a workload has at most " + MAX_PORTS + " ports");
    require(
        spec.getPortsList().stream().allMatch(p -> p >= 1 && p <= 65_535),
        "a port is from 1 to 65535");
    checkResources(spec.getResources());
  }

  private static void checkImage(String image) {
    require(
        image.length() <= MAX_IMAGE_CHARS && IMAGE.matcher(image).matches(),
        image.isEmpty() ? "a container needs an image" : "this is not the name of an image");
  }

  private static void checkCommand(WorkloadSpec spec) {
    require(
        spec.getCommandCount() <= MAX_ARGUMENTS
            && spec.getCommandList().stream().mapToInt(String::length).sum() <= MAX_CHARS,
        "a command has at most " + MAX_ARGUMENTS + " parts and " + MAX_CHARS + " characters");
    require(
        spec.getCommandList().stream().allMatch(part -> part.indexOf('\0') < 0),
        "a command with a zero character");
  }

  private static void checkEnvironment(Map<String, String> environment) {
    require(
        environment.size() <= MAX_VARIABLES
            && environment.entrySet().stream()
                    .mapToInt(e -> e.getKey().length() + e.getValue().length())
                    .sum()
                <= MAX_CHARS,
        "an environment has at most "
            + MAX_VARIABLES
            + " variables and "
            + MAX_CHARS
            + " characters");
    environment.forEach(
        (name, value) ->
            require(
                VARIABLE.matcher(name).matches() && value.indexOf('\0') < 0,
                "an environment variable with an impossible name or value"));
  }

  private static void checkResources(Resources resources) {
    require(
        resources.getCpuMillis() >= 0
            && resources.getCpuMillis() <= MAX_CPU_MILLIS
            && resources.getMemoryMib() >= 0
            && resources.getMemoryMib() <= MAX_MIB
            && resources.getDiskMib() >= 0
            && resources.getDiskMib() <= MAX_MIB,
        "a workload asks for processors, memory or disk out of range");
  }

  private static boolean printable(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
