package org.gpumarket.node.daemon;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.gpumarket.node.deployment.WorkloadSpecs;
import org.gpumarket.node.lease.ConsumerLeases;
import org.gpumarket.node.lease.DeployOrder;
import org.gpumarket.node.lease.DeployStep;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.DeploymentWorkload;
import org.gpumarket.v1.MatchChosen;
import org.gpumarket.v1.MatchFailed;
import org.gpumarket.v1.MatchRefused;
import org.jspecify.annotations.Nullable;

/**
 * One deployment that the owner watches. The workloads go their ways at once; their steps come in
 * the order in which they happen. The person who asked may leave: the leases that were begun go on.
 * The object's lock orders what is sent.
 */
final class DeployStream {
  private static final int MAX_WORKLOADS = 64;

  private final ServerCallStreamObserver<DeployResponse> stream;

  DeployStream(ServerCallStreamObserver<DeployResponse> stream) {
    this.stream = stream;
    stream.setOnCancelHandler(() -> {});
  }

  /**
   * Takes a lease for each workload, and ends the stream after the last step of all.
   *
   * @throws IllegalArgumentException when something of the deployment cannot be run; nothing is
   *     begun then
   */
  void run(DeployRequest request, ConsumerLeases taken) {
    if (request.getWorkloadsCount() < 1 || request.getWorkloadsCount() > MAX_WORKLOADS) {
      throw new IllegalArgumentException("a deployment has 1 to " + MAX_WORKLOADS + " workloads");
    }
    for (DeploymentWorkload workload : request.getWorkloadsList()) {
      WorkloadSpecs.check(workload.getSpec());
    }
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (DeploymentWorkload workload : request.getWorkloadsList()) {
      all.add(
          taken.deploy(order(request, workload), step -> send(message(workload.getName(), step))));
    }
    var _ =
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
            .whenComplete((_, error) -> finish(error));
  }

  private static DeployOrder order(DeployRequest request, DeploymentWorkload workload) {
    return new DeployOrder(
        request.getRequestId(),
        request.getDeployment(),
        workload.getName(),
        workload.getSpec(),
        workload.getRequirements(),
        workload.getPolicy(),
        request.getWaitMs());
  }

  private static DeployResponse message(String workload, DeployStep step) {
    DeployResponse.Builder response = DeployResponse.newBuilder().setWorkload(workload);
    switch (step) {
      case DeployStep.MatchChosen chosen ->
          response.setMatchChosen(
              MatchChosen.newBuilder()
                  .setOffer(chosen.offer())
                  .setExplanation(chosen.explanation())
                  .setFittingCount(chosen.fitting())
                  .setConsideredCount(chosen.considered()));
      case DeployStep.MatchRefused refused ->
          response.setMatchRefused(MatchRefused.newBuilder().setExplanation(refused.explanation()));
      case DeployStep.MatchFailed failed ->
          response.setMatchFailed(
              MatchFailed.newBuilder().setProvider(failed.provider()).setProblem(failed.problem()));
      case DeployStep.LeaseMoved moved -> response.setLease(moved.lease());
    }
    return response.build();
  }

  private synchronized void send(DeployResponse response) {
    if (!stream.isCancelled()) {
      stream.onNext(response);
    }
  }

  private synchronized void finish(@Nullable Throwable error) {
    if (stream.isCancelled()) {
      return;
    }
    if (error == null) {
      stream.onCompleted();
    } else {
      stream.onError(
          Status.INTERNAL.withDescription(String.valueOf(error.getMessage())).asRuntimeException());
    }
  }
}
