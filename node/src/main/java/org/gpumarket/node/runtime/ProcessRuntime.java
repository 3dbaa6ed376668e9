package org.gpumarket.node.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gpumarket.ledger.OwnerOnly;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RuntimeKind;

/**
 * Runs workloads as plain processes of the owner's own account: no isolation, so only where the
 * owner has allowed it. Each gets a folder of its own under the node's, a session of its own, and
 * survives the node; found again by the number and start time of its process.
 */
public final class ProcessRuntime implements WorkloadRuntime {
  /** Lease ids as the lease protocol makes them; also what keeps a folder's name harmless. */
  private static final String LEASE_ID = "[a-z2-7]{26}";

  private static final Duration BEGIN = Duration.ofSeconds(10);

  private final Path folder;
  private final GpuFence fence;

  /**
   * A runtime that keeps its workloads under a folder.
   *
   * @throws IOException when the folder cannot be made
   */
  public ProcessRuntime(Path folder, GpuFence fence) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.fence = fence;
    OwnerOnly.createFolder(folder);
  }

  @Override
  public RuntimeKind kind() {
    return RuntimeKind.RUNTIME_KIND_PROCESS;
  }

  @Override
  public Optional<String> problem() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows")
        ? Optional.of("plain processes are not run on Windows")
        : Optional.empty();
  }

  @Override
  public synchronized Workload start(WorkloadOrder order, Consumer<String> progress)
      throws WorkloadException {
    Optional<String> problem = problem();
    if (problem.isPresent()) {
      throw new WorkloadException(problem.get());
    }
    if (!order.leaseId().matches(LEASE_ID)) {
      throw new WorkloadException("not the id of a lease");
    }
    for (GrantedGpu granted : order.gpus()) {
      if (!fence.newest(granted.gpu().uuid(), granted.epoch())) {
        throw new WorkloadException("GPU " + granted.gpu().uuid() + " has been promised anew");
      }
    }
    Path own = folder.resolve(order.leaseId());
    try {
      if (Files.exists(own.resolve(ProcessWorkload.STATE_FILE))) {
        return ProcessWorkload.load(own);
      }
      return begin(own, order);
    } catch (IOException e) {
      throw new WorkloadException("the process cannot be started: " + e.getMessage(), e);
    }
  }

  @Override
  public List<Workload> find() throws WorkloadException {
    List<Workload> found = new ArrayList<>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path own : folders.sorted().toList()) {
        if (Files.exists(own.resolve(ProcessWorkload.STATE_FILE))) {
          found.add(ProcessWorkload.load(own));
        }
      }
    } catch (IOException e) {
      throw new WorkloadException("workloads cannot be looked for: " + e.getMessage(), e);
    }
    return found;
  }

  @Override
  public void close() {}

  private Workload begin(Path own, WorkloadOrder order) throws IOException {
    Path work = own.resolve("work");
    OwnerOnly.createFolder(work);
    Files.deleteIfExists(own.resolve(ProcessWorkload.EXIT_FILE));
    Files.deleteIfExists(own.resolve(ProcessWorkload.BEGUN_FILE));
    Path wrapper = own.resolve("run.sh");
    Files.writeString(wrapper, ProcessWorkload.WRAPPER, StandardCharsets.US_ASCII);
    List<String> command = new ArrayList<>();
    if (hasSetsid()) {
      command.add("setsid");
    }
    command.addAll(List.of("/bin/sh", wrapper.toString(), own.toString()));
    command.addAll(order.spec().getCommandList());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("HOME", work.toString());
    builder.environment().put("TMPDIR", work.toString());
    builder.environment().put("GPUMARKET_GPUS", devices(order.gpus()));
    if (order.gpus().stream().noneMatch(g -> g.gpu().simulated())) {
      builder.environment().put("CUDA_VISIBLE_DEVICES", devices(order.gpus()));
    }
    builder.environment().putAll(order.spec().getEnvironmentMap());
    builder.environment().put(StrayProcesses.VARIABLE, order.leaseId());
    Process process = builder.start();
    try (OutputStream go = process.getOutputStream()) {
      awaitBegin(own, process);
      writeState(own, order, process);
      go.write('\n');
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    return ProcessWorkload.load(own);
  }

  private static void writeState(Path own, WorkloadOrder order, Process process)
      throws IOException {
    List<LeasedGpu> gpus =
        order.gpus().stream()
            .map(g -> LeasedGpu.newBuilder().setUuid(g.gpu().uuid()).setEpoch(g.epoch()).build())
            .toList();
    Path fresh = own.resolve("state.new");
    Files.writeString(fresh, ProcessWorkload.state(order.leaseId(), process.toHandle(), gpus));
    Files.move(fresh, own.resolve(ProcessWorkload.STATE_FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitBegin(Path own, Process process) throws IOException {
    long deadline = System.nanoTime() + BEGIN.toNanos();
    while (!Files.exists(own.resolve(ProcessWorkload.BEGUN_FILE))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("its shell does not begin");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static String devices(List<GrantedGpu> gpus) {
    return String.join(",", gpus.stream().map(g -> g.gpu().uuid()).toList());
  }

  private static boolean hasSetsid() {
    return Stream.of("/usr/bin/setsid", "/bin/setsid").map(Path::of).anyMatch(Files::isExecutable);
  }
}
