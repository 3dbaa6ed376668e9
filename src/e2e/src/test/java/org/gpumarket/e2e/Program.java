package org.gpumarket.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;

/** One node's home, and the program run on it as a person would. */
final class Program implements AutoCloseable {
  /** What a command answered. */
  record Result(int status, String out, String err) {}

  /** Long after the slowest machine is done: a test fails by it only when something hangs. */
  private static final long COMMAND_SECONDS = 300;

  private static final long WAIT_SECONDS = 300;

  private final Path home;
  private Optional<Process> node = Optional.empty();
  private List<String> flags = List.of();

  Program(Path home) throws IOException {
    this.home = Files.createDirectories(home);
  }

  Path home() {
    return home;
  }

  /** Runs a command on this home to its end. */
  Result run(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--home");
    all.add(home.toString());
    return execute(all);
  }

  /** Runs a command as it is. */
  static Result execute(List<String> arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile("gpumarket", ".out");
    Path err = Files.createTempFile("gpumarket", ".err");
    try {
      Process process =
          new ProcessBuilder(command(arguments))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("does not end: " + arguments + "\n" + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Starts the node and waits until it is ready. */
  void up(String... flags) throws IOException, InterruptedException {
    this.flags = List.of(flags);
    upAgain();
  }

  /** What the node is started with the next time. */
  void flags(String... flags) {
    this.flags = List.of(flags);
  }

  /** Starts the node with the flags of the last time. */
  void upAgain() throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("up", "--home", home.toString()));
    all.addAll(flags);
    Process process =
        new ProcessBuilder(command(all))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .redirectErrorStream(true)
            .start();
    node = Optional.of(process);
    await(
        "the node is ready",
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("the node has ended: " + logText());
          }
          return LocalApi.isRunning(home);
        });
  }

  /** Where it listens. */
  String address() throws IOException, InterruptedException {
    return statusOf("Listens");
  }

  String nodeId() throws IOException, InterruptedException {
    return statusOf("Node");
  }

  private String statusOf(String heading) throws IOException, InterruptedException {
    String status = run("status").out();
    return status
        .lines()
        .filter(line -> line.startsWith(heading))
        .map(line -> line.substring(heading.length()).strip())
        .findFirst()
        .orElseThrow(() -> new IOException("no " + heading + " in: " + status));
  }

  /** As a power cut would: SIGKILL. */
  void kill() throws InterruptedException {
    Process process = node.orElseThrow();
    process.destroyForcibly();
    process.waitFor();
  }

  /** Neither computes nor answers until {@link #thaw}: SIGSTOP. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    long pid = node.orElseThrow().pid();
    new ProcessBuilder("/bin/kill", "-s", name, Long.toString(pid)).start().waitFor();
  }

  /** The local API, as the commands use it; quicker than a command where moments count. */
  LocalApi api() {
    try {
      return LocalApi.connect(home);
    } catch (NodeNotRunningException e) {
      throw new IllegalStateException(logText(), e);
    }
  }

  /** SIGTERM; answers how many milliseconds the node took to end. */
  long terminate() throws InterruptedException {
    Process process = node.orElseThrow();
    long start = System.nanoTime();
    process.destroy();
    process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  boolean alive() {
    return node.map(Process::isAlive).orElse(false);
  }

  String logText() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      return "unreadable: " + e.getMessage();
    }
  }

  /** Whether a command's output comes to hold a text in time; answers the output that does. */
  String awaitOutput(String text, String... command) {
    String[] last = {""};
    await(
        "'" + text + "' in the output of " + List.of(command),
        () -> {
          last[0] = output(command);
          return last[0].contains(text);
        },
        () -> last[0] + "\n" + logText());
    return last[0];
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, condition, () -> "");
  }

  private static void await(String what, BooleanSupplier condition, Supplier<String> detail) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what + "\n" + detail.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void close() {
    node.ifPresent(
        process -> {
          process.destroy();
          process.onExit().completeOnTimeout(process, COMMAND_SECONDS, TimeUnit.SECONDS).join();
          process.destroyForcibly();
        });
  }

  private String output(String... arguments) {
    try {
      return run(arguments).out();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Path log() {
    return home.resolve("node.log");
  }

  static List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dgpumarket.examples=" + root().resolve("src/dist/examples"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.gpumarket.node.cli.Gpumarket"));
    command.addAll(arguments);
    return command;
  }

  /** The root of the clone. */
  static Path root() {
    return Path.of(System.getProperty("gpumarket.root", ".")).toAbsolutePath();
  }

  /** A text as a file in this home. */
  Path file(String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text, StandardCharsets.UTF_8);
  }
}
