package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
import org.gpumarket.v1.LeasedGpu;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plain process under a lease, known by the files in its folder. */
final class ProcessWorkload implements Workload {
  private static final Logger log = LoggerFactory.getLogger(ProcessWorkload.class);

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

  /** The number of no process that can be signalled. */
  private static final long NO_PROCESS = 0;

  private static final Duration TRIM = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Path folder;
  private final String leaseId;
  private final long pid;
  private final String start;
  private final List<LeasedGpu> gpus;
  private final StrayProcesses strays;
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
    this.strays = new StrayProcesses(leaseId, pid);
  }

  static String state(String leaseId, ProcessHandle process, List<LeasedGpu> gpus) {
    StringBuilder state = new StringBuilder();
    state.append(leaseId).append('\n').append(process.pid()).append('\n');
    state.append(ProcessStart.of(process.pid()).orElse("ended")).append('\n');
    gpus.forEach(g -> state.append(g.getUuid()).append(' ').append(g.getEpoch()).append('\n'));
    return state.toString();
  }

  /**
   * Finds the workload of a folder, whether it runs or not. One whose state is damaged is gone: it
   * must not keep the others from being found.
   */
  static ProcessWorkload load(Path folder) throws IOException {
    ProcessWorkload workload;
    try {
      workload = parse(folder, Files.readAllLines(folder.resolve(STATE_FILE)));
    } catch (CharacterCodingException | IndexOutOfBoundsException | IllegalArgumentException _) {
      log.warn("{} is damaged: its workload counts as gone", folder.resolve(STATE_FILE));
      workload =
          new ProcessWorkload(
              folder, folder.getFileName().toString(), NO_PROCESS, "never", List.of());
    }
    workload.watch();
    return workload;
  }

  private static ProcessWorkload parse(Path folder, List<String> lines) {
    List<LeasedGpu> gpus = new ArrayList<>();
    for (String line : lines.subList(3, lines.size())) {
      int space = line.lastIndexOf(' ');
      gpus.add(
          LeasedGpu.newBuilder()
              .setUuid(line.substring(0, space))
              .setEpoch(Long.parseLong(line.substring(space + 1)))
              .build());
    }
    return new ProcessWorkload(
        folder, lines.get(0), Long.parseLong(lines.get(1)), lines.get(2), List.copyOf(gpus));
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
    if (process().isPresent()) {
      end(grace);
    }
    strays.end();
    paused = false;
  }

  private void end(Duration grace) throws WorkloadException {
    try {
      signal("TERM");
      signal("CONT");
    } catch (WorkloadException e) {
      if (process().isPresent()) {
        throw e;
      }
    }
    if (!gone(grace)) {
      killed = true;
      signal("KILL");
      if (!gone(Duration.ofSeconds(5))) {
        throw new WorkloadException("process " + pid + " does not end");
      }
      noteKilled();
    }
  }

  @Override
  public void remove() throws WorkloadException {
    stop(Duration.ZERO);
    try {
      deleteFolder();
    } catch (IOException e) {
      throw new WorkloadException("what the process left cannot be removed: " + e.getMessage(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new WorkloadException("interrupted while removing what process " + pid + " left");
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

  /**
   * With the system's own tools: a workload may leave folders that their owner may not open, or
   * nested deeper than a path can be long.
   */
  private void deleteFolder() throws IOException, InterruptedException {
    for (List<String> command :
        List.of(
            List.of("/bin/rm", "-rf", "--"),
            List.of("/bin/chmod", "-R", "u+rwx", "--"),
            List.of("/bin/rm", "-rf", "--"))) {
      if (!Files.exists(folder)) {
        return;
      }
      List<String> whole = new ArrayList<>(command);
      whole.add(folder.toString());
      new ProcessBuilder(whole)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
    if (Files.exists(folder)) {
      throw new IOException(folder + " is still there");
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
      strays.end();
      ended.complete(status());
      return;
    }
    Thread.ofVirtual().name("trim-" + leaseId).start(this::trim);
    var _ =
        process
            .get()
            .onExit()
            .thenRunAsync(
                () -> {
                  strays.end();
                  ended.complete(status());
                },
                task -> Thread.ofVirtual().name("end-" + leaseId).start(task));
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

  /** To the wrapper's whole session, which is a process group of its own, and to what left it. */
  private void signal(String name) throws WorkloadException {
    if (process().isEmpty()) {
      throw new WorkloadException("process " + pid + " has ended");
    }
    try {
      for (ProcessHandle stray : strays.find()) {
        var _ = kill(name, Long.toString(stray.pid()));
      }
      if (kill(name, "-" + pid)) {
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

  private static boolean kill(String name, String target) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("/bin/kill", "-s", name, "--", target)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0;
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
