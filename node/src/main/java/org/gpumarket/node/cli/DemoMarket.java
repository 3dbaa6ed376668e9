package org.gpumarket.node.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;

/** Nodes of a demonstration: real processes, in a folder that goes away with them. */
final class DemoMarket implements AutoCloseable {
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 12;

  private final Path folder;
  private final List<Process> nodes = new ArrayList<>();
  private boolean closed;

  DemoMarket(Path folder) {
    this.folder = folder;
  }

  Path home(String name) {
    return folder.resolve(name);
  }

  /** Starts a node and waits until it answers. */
  void start(String name, List<String> flags) throws IOException, Failure {
    Path home = Files.createDirectories(home(name));
    Path log = home.resolve("node.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NodeJvm.flags());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Gpumarket.class.getName(), "up"));
    command.addAll(List.of("--home", home.toString()));
    command.addAll(List.of("--ends-with", Long.toString(ProcessHandle.current().pid())));
    command.addAll(flags);
    Process node =
        new ProcessBuilder(command).redirectOutput(log.toFile()).redirectErrorStream(true).start();
    synchronized (this) {
      nodes.add(node);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!LocalApi.isRunning(home)) {
      if (!node.isAlive() || System.nanoTime() > deadline) {
        throw new Failure("the node " + name + " does not start: " + Files.readString(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  LocalApi connect(String name) throws Failure {
    try {
      return LocalApi.connect(home(name));
    } catch (NodeNotRunningException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  /** Ends every node in order, or by force where one does not end, and removes the folder. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Process node : nodes.reversed()) {
      node.destroy();
    }
    for (Process node : nodes) {
      node.onExit().completeOnTimeout(node, STOP_SECONDS, TimeUnit.SECONDS).join();
      node.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("gpumarket: " + folder + " cannot be removed: " + e.getMessage());
    }
  }
}
