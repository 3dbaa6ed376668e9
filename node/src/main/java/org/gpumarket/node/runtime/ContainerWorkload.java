package org.gpumarket.node.runtime;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.gpumarket.v1.LeasedGpu;

/** A container under a lease, known by its id. */
final class ContainerWorkload implements Workload {
  private final ContainerEngine engine;
  private final String id;
  private final String leaseId;
  private final List<LeasedGpu> gpus;
  private final CompletableFuture<WorkloadStatus> ended = new CompletableFuture<>();

  /**
   * Waits for its end in a thread of its own.
   *
   * @param onEnd told the container's id and this once it has ended or cannot be waited for
   */
  ContainerWorkload(
      ContainerEngine engine,
      String id,
      String leaseId,
      List<LeasedGpu> gpus,
      BiConsumer<String, ContainerWorkload> onEnd) {
    this.engine = engine;
    this.id = id;
    this.leaseId = leaseId;
    this.gpus = gpus;
    Thread.ofVirtual().name("container-" + leaseId).start(() -> watch(onEnd));
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
    return "container " + id;
  }

  @Override
  public WorkloadStatus status() {
    try {
      ContainerState state =
          engine
              .ask(ContainerRuntime.ANSWER, docker -> docker.inspectContainerCmd(id).exec())
              .getState();
      if (Boolean.TRUE.equals(state.getPaused())) {
        return new WorkloadStatus.Paused();
      }
      if (Boolean.TRUE.equals(state.getRunning())) {
        return new WorkloadStatus.Running();
      }
      Long code = state.getExitCodeLong();
      return new WorkloadStatus.Exited(code == null ? -1 : code.intValue());
    } catch (NotFoundException _) {
      return new WorkloadStatus.Gone("the container was removed by somebody else");
    } catch (RuntimeException e) {
      return new WorkloadStatus.Gone(
          "the container engine does not answer: " + ContainerRuntime.rootMessage(e));
    }
  }

  @Override
  public void pause() throws WorkloadException {
    order("paused", ContainerRuntime.ANSWER, docker -> docker.pauseContainerCmd(id).exec());
  }

  @Override
  public void resume() throws WorkloadException {
    order("resumed", ContainerRuntime.ANSWER, docker -> docker.unpauseContainerCmd(id).exec());
  }

  @Override
  public void stop(Duration grace) throws WorkloadException {
    if (status() instanceof WorkloadStatus.Paused) {
      resume();
    }
    order(
        "stopped",
        ContainerRuntime.ANSWER.plus(grace),
        docker -> {
          try {
            docker.stopContainerCmd(id).withTimeout(Math.toIntExact(grace.toSeconds())).exec();
          } catch (NotFoundException | NotModifiedException _) {
            // It has ended already.
          }
        });
  }

  @Override
  public void remove() throws WorkloadException {
    order(
        "removed",
        ContainerRuntime.ANSWER,
        docker -> {
          try {
            docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
          } catch (NotFoundException _) {
            // It is gone already.
          }
        });
  }

  @Override
  public void streamLogs(boolean follow, int tailLines, LogSink sink) throws WorkloadException {
    if (status() instanceof WorkloadStatus.Gone gone) {
      throw new WorkloadException("the output cannot be read: " + gone.why());
    }
    LogContainerCmd logs =
        engine
            .docker()
            .logContainerCmd(id)
            .withStdOut(true)
            .withStdErr(true)
            .withFollowStream(follow && !ended.isDone());
    if (tailLines > 0) {
      logs.withTail(tailLines);
    }
    try (ResultCallback.Adapter<Frame> frames = new Frames(sink)) {
      logs.exec(frames).awaitCompletion();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      throw new WorkloadException(
          "the output cannot be read: " + ContainerRuntime.rootMessage(e), e);
    }
  }

  @Override
  public CompletableFuture<WorkloadStatus> ended() {
    return ended.copy();
  }

  private void watch(BiConsumer<String, ContainerWorkload> onEnd) {
    try (WaitContainerResultCallback wait = new WaitContainerResultCallback()) {
      int code = engine.docker().waitContainerCmd(id).exec(wait).awaitStatusCode();
      ended.complete(new WorkloadStatus.Exited(code));
    } catch (IOException | RuntimeException _) {
      ended.complete(status());
    } finally {
      onEnd.accept(id, this);
    }
  }

  private void order(String what, Duration deadline, Consumer<DockerClient> call)
      throws WorkloadException {
    try {
      var _ =
          engine.ask(
              deadline,
              docker -> {
                call.accept(docker);
                return true;
              });
    } catch (RuntimeException e) {
      throw new WorkloadException(
          "the container cannot be " + what + ": " + ContainerRuntime.rootMessage(e), e);
    }
  }

  /** Hands the pieces on until no more are wanted. */
  private static final class Frames extends ResultCallback.Adapter<Frame> {
    private final LogSink sink;

    Frames(LogSink sink) {
      this.sink = sink;
    }

    @Override
    public void onNext(Frame frame) {
      LogSink.Stream stream =
          frame.getStreamType() == StreamType.STDERR
              ? LogSink.Stream.STDERR
              : LogSink.Stream.STDOUT;
      if (!sink.write(stream, frame.getPayload())) {
        onComplete();
      }
    }
  }
}
