package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;

/** How the Java of a long-running node is set up. */
final class NodeJvm {
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-Xmx1g",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=30",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private NodeJvm() {}

  /** The flags, with the launcher's ahead-of-time cache where there is one. */
  static List<String> flags() {
    List<String> flags = new ArrayList<>(FLAGS);
    String cache = System.getProperty("gpumarket.aot", "");
    if (!cache.isEmpty()) {
      flags.add("-XX:AOTCache=" + cache);
      flags.add("-Xlog:aot=off");
      flags.add("-Xlog:cds=off");
    }
    return flags;
  }
}
