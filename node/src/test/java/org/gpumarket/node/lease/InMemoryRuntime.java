package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadOrder;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.runtime.WorkloadStatus;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RuntimeKind;

/** Runs nothing, but keeps its "workloads" over a restart of the node, as the real ones do. */
final class InMemoryRuntime implements WorkloadRuntime {
  final Map<String, Running> workloads = new LinkedHashMap<>();
  int starts;
  Optional<String> problem = Optional.empty();
  Optional<String> startFailure = Optional.empty();
  Consumer<Consumer<String>> duringStart = _ -> {};

  @Override
  public RuntimeKind kind() {
    return RuntimeKind.RUNTIME_KIND_PROCESS;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public Workload start(WorkloadOrder order, Consumer<String> progress) throws WorkloadException {
    requireEngine();
    if (startFailure.isPresent()) {
      throw new WorkloadException(startFailure.get());
    }
    starts++;
    duringStart.accept(progress);
    Running running = new Running(order);
    workloads.put(order.leaseId(), running);
    return running;
  }

  @Override
  public List<Workload> find() throws WorkloadException {
    requireEngine();
    workloads.values().forEach(w -> w.ended = new CompletableFuture<>());
    return new ArrayList<>(workloads.values());
  }

  @Override
  public void close() {}

  long running() {
    return workloads.values().stream()
        .filter(w -> w.status instanceof WorkloadStatus.Running)
        .count();
  }

  Running only() {
    return workloads.values().iterator().next();
  }

  private void requireEngine() throws WorkloadException {
    if (problem.isPresent()) {
      throw new WorkloadException(problem.get());
    }
  }

  final class Running implements Workload {
    final WorkloadOrder order;
    WorkloadStatus status = new WorkloadStatus.Running();
    CompletableFuture<WorkloadStatus> ended = new CompletableFuture<>();

    Running(WorkloadOrder order) {
      this.order = order;
    }

    void exit(int code) {
      status = new WorkloadStatus.Exited(code);
      ended.complete(status);
    }

    @Override
    public String leaseId() {
      return order.leaseId();
    }

    @Override
    public List<LeasedGpu> gpus() {
      return order.gpus().stream()
          .map(g -> LeasedGpu.newBuilder().setUuid(g.gpu().uuid()).setEpoch(g.epoch()).build())
          .toList();
    }

    @Override
    public String handle() {
      return "memory:" + leaseId();
    }

    @Override
    public WorkloadStatus status() {
      return status;
    }

    @Override
    public void pause() throws WorkloadException {
      requireEngine();
      status = new WorkloadStatus.Paused();
    }

    @Override
    public void resume() throws WorkloadException {
      requireEngine();
      status = new WorkloadStatus.Running();
    }

    @Override
    public void stop(Duration grace) throws WorkloadException {
      requireEngine();
      if (!(status instanceof WorkloadStatus.Exited)) {
        exit(143);
      }
    }

    @Override
    public void remove() throws WorkloadException {
      stop(Duration.ZERO);
      workloads.remove(leaseId());
    }

    @Override
    public void streamLogs(boolean follow, int tailLines, LogSink sink) {
      sink.write(LogSink.Stream.STDOUT, "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public CompletableFuture<WorkloadStatus> ended() {
      return ended;
    }
  }
}
