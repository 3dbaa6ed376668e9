package org.gpumarket.node.deployment;

import java.util.List;
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
    checkCommand(spec.getCommandList());
    checkEnvironment(spec.getEnvironmentMap());
    checkPorts(spec.getPortsList());
    checkResources(spec.getResources());
  }

  /** The part of {@link #check} that looks at the name of an image. */
  public static void checkImage(String image) {
    require(
        image.length() <= MAX_IMAGE_CHARS && IMAGE.matcher(image).matches(),
        image.isEmpty() ? "a container needs an image" : "this is not the name of an image");
  }

  /** The part of {@link #check} that looks at program and arguments. */
  public static void checkCommand(List<String> command) {
    require(
        command.size() <= MAX_ARGUMENTS
            && command.stream().mapToInt(String::length).sum() <= MAX_CHARS,
        "a command has at most " + MAX_ARGUMENTS + " parts and " + MAX_CHARS + " characters");
    require(
        command.isEmpty() || !command.getFirst().isEmpty(),
        "a command begins with the name of a program");
    require(
        command.stream().allMatch(part -> part.indexOf('\0') < 0),
        "a command with a zero character");
  }

  /** The part of {@link #check} that looks at all variables together. */
  public static void checkEnvironment(Map<String, String> environment) {
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
    environment.forEach(WorkloadSpecs::checkVariable);
  }

  /** The part of {@link #check} that looks at one variable. */
  public static void checkVariable(String name, String value) {
    require(
        VARIABLE.matcher(name).matches(),
        "an environment variable's name is of at most 128 letters, digits and _, and begins with"
            + " no digit");
    require(value.indexOf('\0') < 0, "an environment variable with a zero character");
  }

  /** The part of {@link #check} that looks at ports. */
  public static void checkPorts(List<Integer> ports) {
    require(ports.size() <= MAX_PORTS, "a workload has at most " + MAX_PORTS + " ports");
    require(ports.stream().allMatch(p -> p >= 1 && p <= 65_535), "a port is from 1 to 65535");
  }

  /** The part of {@link #check} that looks at processors, memory and disk. */
  public static void checkResources(Resources resources) {
    require(
        resources.getCpuMillis() >= 0 && resources.getCpuMillis() <= MAX_CPU_MILLIS,
        "a workload has at most 1024 processors");
    require(
        resources.getMemoryMib() >= 0 && resources.getMemoryMib() <= MAX_MIB,
        "a workload has at most 16TiB of memory");
    require(
        resources.getDiskMib() >= 0 && resources.getDiskMib() <= MAX_MIB,
        "a workload has at most 16TiB of disk");
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
