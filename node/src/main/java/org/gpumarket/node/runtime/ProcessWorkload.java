package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.gpumarket.v1.LeasedGpu;

/** A plain process under a lease, known by the files in its folder. */
final class ProcessWorkload implements Workload {
  static final String STATE_FILE = "state";
  static final String EXIT_FILE = "exit";

  /** Made by the wrapper once it leads its own session, before which no signal finds it. */
  static final String BEGUN_FILE = "begun";

  /** 128 and the number of SIGKILL, as shells say it. */
  private static final int KILLED = 137;

  /**
   * What is kept of each output: when a workload has written more, the file begins anew. Nobody
   * trims while the node is down.
   */
  static final long MAX_LOG_BYTES = 16L << 20;

  /**
   * Waits for the workload in the same session and leaves its exit status in a file, which is how a
   * node that was restarted learns of it. What the workload left running ends with it. The outputs
   * are appended to, so that the node may cut them while they are written. Nothing begins before a
   * line on its input says that the node has written down whose process this is: a node that dies
   * or fails before that leaves nothing running.
   */
  static final String WRAPPER =
      """
      own=$1
      shift
      trap : TERM
      : >"$own/begun"
      read -r go || exit 1
      exec </dev/null
      "$@" >>"$own/stdout" 2>>"$own/stderr" &
      pid=$!
      wait "$pid"
      code=$?
      while kill -0 "$pid" 2>/dev/null; do wait "$pid"; code=$?; done
      echo "$code" >"$own/exit.new"
      mv "$own/exit.new" "$own/exit"
      kill -KILL -- "-$$" 2>/dev/null
      """;

  private static final Duration TRIM = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int REMOVE_TRIES = 40;

  private final Path folder;
  private final String leaseId;
  private final long pid;
  private final String start;
  private final List<LeasedGpu> gpus;
  private final CompletableFuture<WorkloadStatus> ended = new CompletableFuture<>();
  private volatile boolean paused;
  private volatile boolean killed;

  private ProcessWorkload(
      Path folder, String leaseId, long pid, String start, List<LeasedGpu> gpus) {
    this.folder = folder;
    this.leaseId = leaseId;
    this.pid = pid;
    this.start = start;
    this.gpus = gpus;
  }

  static String state(String leaseId, ProcessHandle process, List<LeasedGpu> gpus) {
    StringBuilder state = new StringBuilder();
    state.append(leaseId).append('\n').append(process.pid()).append('\n');
    state.append(ProcessStart.of(process.pid()).orElse("ended")).append('\n');
    gpus.forEach(g -> state.append(g.getUuid()).append(' ').append(g.getEpoch()).append('\n'));
    return state.toString();
  }

  /** Finds the workload of a folder, whether it runs or not. */
  static ProcessWorkload load(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(STATE_FILE));
    try {
      List<LeasedGpu> gpus = new ArrayList<>();
      for (String line : lines.subList(3, lines.size())) {
        int space = line.lastIndexOf(' ');
        gpus.add(
            LeasedGpu.newBuilder()
                .setUuid(line.substring(0, space))
                .setEpoch(Long.parseLong(line.substring(space + 1)))
                .build());
      }
      ProcessWorkload workload =
          new ProcessWorkload(
              folder, lines.get(0), Long.parseLong(lines.get(1)), lines.get(2), List.copyOf(gpus));
      workload.watch();
      return workload;
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IOException(folder.resolve(STATE_FILE) + " is damaged", e);
    }
  }

  @Override
  public String leaseId() {
    return leaseId;
  }

  @Override
  public List<LeasedGpu> gpus() {
    return gpus;
  }

  @Override
  public String handle() {
    return "process " + pid;
  }

  @Override
  public WorkloadStatus status() {
    if (process().isPresent()) {
      return paused ? new WorkloadStatus.Paused() : new WorkloadStatus.Running();
    }
    return exitCode()
        .or(() -> killed ? Optional.of(KILLED) : Optional.empty())
        .<WorkloadStatus>map(WorkloadStatus.Exited::new)
        .orElseGet(
            () -> new WorkloadStatus.Gone("its process is gone and has left no exit status"));
  }

  @Override
  public void pause() throws WorkloadException {
    signal("STOP");
    paused = true;
  }

  @Override
  public void resume() throws WorkloadException {
    signal("CONT");
    paused = false;
  }

  @Override
  public void stop(Duration grace) throws WorkloadException {
    if (process().isEmpty()) {
      return;
    }
    signal("TERM");
    signal("CONT");
    if (!gone(grace)) {
      killed = true;
      signal("KILL");
      if (!gone(Duration.ofSeconds(5))) {
        throw new WorkloadException("process " + pid + " does not end");
      }
      noteKilled();
    }
    paused = false;
  }

  @Override
  public void remove() throws WorkloadException {
    stop(Duration.ZERO);
    // The last of its processes may still be on their way out, with a file in their hands.
    for (int tries = 0; Files.exists(folder); tries++) {
      try {
        deleteFolder();
      } catch (IOException | java.io.UncheckedIOException e) {
        if (tries == REMOVE_TRIES) {
          throw new WorkloadException(
              "what the process left cannot be removed: " + e.getMessage(), e);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  @Override
  public void streamLogs(boolean follow, int tailLines, LogSink sink) throws WorkloadException {
    try (LogFollower out = new LogFollower(folder.resolve("stdout"), LogSink.Stream.STDOUT);
        LogFollower err = new LogFollower(folder.resolve("stderr"), LogSink.Stream.STDERR)) {
      out.begin(tailLines);
      err.begin(tailLines);
      while (true) {
        boolean over = ended.isDone();
        if (!out.drain(sink) || !err.drain(sink) || !follow || over) {
          return;
        }
        Thread.sleep(POLL);
      }
    } catch (IOException e) {
      throw new WorkloadException("the output cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public CompletableFuture<WorkloadStatus> ended() {
    return ended.copy();
  }

  private void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The wrapper was killed with the rest and left no word, so it is left for it. */
  private void noteKilled() {
    try {
      if (exitCode().isEmpty()) {
        Files.writeString(folder.resolve(EXIT_FILE), KILLED + "\n");
      }
    } catch (IOException _) {
      // Then it counts as gone, which is as true.
    }
  }

  private void watch() {
    Optional<ProcessHandle> process = process();
    if (process.isEmpty()) {
      ended.complete(status());
      return;
    }
    Thread.ofVirtual().name("trim-" + leaseId).start(this::trim);
    var _ = process.get().onExit().thenRun(() -> ended.complete(status()));
  }

  private void trim() {
    while (!ended.isDone()) {
      for (String output : List.of("stdout", "stderr")) {
        Path file = folder.resolve(output);
        try {
          if (Files.exists(file) && Files.size(file) > MAX_LOG_BYTES) {
            Files.write(file, new byte[0], java.nio.file.StandardOpenOption.TRUNCATE_EXISTING);
          }
        } catch (IOException _) {
          // Tried again in a moment, or the workload is being removed.
        }
      }
      LockSupport.parkNanos(TRIM.toNanos());
    }
  }

  /** The wrapper, if the process of that number is still the one that was started. */
  private Optional<ProcessHandle> process() {
    return ProcessStart.of(pid).filter(start::equals).flatMap(_ -> ProcessHandle.of(pid));
  }

  private Optional<Integer> exitCode() {
    try {
      String text = Files.readString(folder.resolve(EXIT_FILE), StandardCharsets.US_ASCII);
      return Optional.of(Integer.parseInt(text.strip()));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** To the wrapper's whole session, which is a process group of its own; else to its children. */
  private void signal(String name) throws WorkloadException {
    try {
      Process kill =
          new ProcessBuilder("/bin/kill", "-s", name, "--", "-" + pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0) {
        return;
      }
      if (name.equals("TERM") || name.equals("KILL")) {
        process().ifPresent(p -> p.descendants().forEach(ProcessHandle::destroyForcibly));
        process().ifPresent(ProcessHandle::destroyForcibly);
      } else if (process().isPresent()) {
        throw new WorkloadException("process " + pid + " takes no signal " + name);
      }
    } catch (IOException e) {
      throw new WorkloadException("no signal can be sent: " + e.getMessage(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new WorkloadException("interrupted while signalling process " + pid);
    }
  }

  private boolean gone(Duration within) {
    try {
      ended.get(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return process().isEmpty();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
