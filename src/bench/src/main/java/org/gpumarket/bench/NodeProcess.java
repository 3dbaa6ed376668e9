package org.gpumarket.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.gpumarket.node.daemon.LocalApi;

/** A Java process of this program, and what the kernel says of it. */
final class NodeProcess implements AutoCloseable {
  private final Process process;

  private NodeProcess(Process process) {
    this.process = process;
  }

  static NodeProcess main(Path log, String mainClass, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms16m",
                "-Xmx1g",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=30",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
    command.addAll(arguments);
    return new NodeProcess(
        new ProcessBuilder(command).redirectOutput(log.toFile()).redirectErrorStream(true).start());
  }

  /** A node that answers; nothing but its home is left to the caller. */
  static NodeProcess node(Path home, List<String> flags) throws IOException {
    Files.createDirectories(home);
    List<String> arguments = new ArrayList<>(List.of("up", "--home", home.toString()));
    arguments.addAll(flags);
    NodeProcess node =
        main(home.resolve("node.log"), "org.gpumarket.node.cli.Gpumarket", arguments);
    while (!LocalApi.isRunning(home)) {
      if (!node.process.isAlive()) {
        throw new IOException(Files.readString(home.resolve("node.log")));
      }
      LockSupport.parkNanos(1_000_000);
    }
    return node;
  }

  /** Resident memory in MiB (VmRSS of proc(5)). */
  double residentMib() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .sum()
        / 1_024.0;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
