package org.gpumarket.node.daemon;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyReport;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.lease.DeployOrder;
import org.gpumarket.node.lease.DeployStep;
import org.gpumarket.node.peer.PeerView;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.runtime.WorkloadSpecs;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalStatus;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.CloseLeasesResponse;
import org.gpumarket.v1.ConfirmPayoutRequest;
import org.gpumarket.v1.ConfirmPayoutResponse;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.DeploymentWorkload;
import org.gpumarket.v1.ExtendOwnLeaseRequest;
import org.gpumarket.v1.ExtendOwnLeaseResponse;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.FollowLogsResponse;
import org.gpumarket.v1.GetEarningsRequest;
import org.gpumarket.v1.GetEarningsResponse;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListBalancesRequest;
import org.gpumarket.v1.ListBalancesResponse;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.ListLeasesRequest;
import org.gpumarket.v1.ListLeasesResponse;
import org.gpumarket.v1.ListPeersRequest;
import org.gpumarket.v1.ListPeersResponse;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceImplBase;
import org.gpumarket.v1.MatchChosen;
import org.gpumarket.v1.MatchFailed;
import org.gpumarket.v1.MatchRefused;
import org.gpumarket.v1.Peer;
import org.gpumarket.v1.RecordPayoutRequest;
import org.gpumarket.v1.RecordPayoutResponse;
import org.gpumarket.v1.RigGpu;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.StopNodeRequest;
import org.gpumarket.v1.StopNodeResponse;
import org.gpumarket.v1.VerifyLedgerRequest;
import org.gpumarket.v1.VerifyLedgerResponse;

/** Answers the owner: translates, and leaves every decision to the parts. */
final class LocalGrpcService extends LocalServiceImplBase {
  /** How long "stop" waits for the last voucher before it answers with what there is. */
  private static final long CLOSE_SECONDS = 10;

  private static final int MAX_WORKLOADS = 64;

  private final Node node;
  private final Runnable stop;
  private final LeaseTargets targets;

  LocalGrpcService(Node node, Runnable stop) {
    this.node = node;
    this.stop = stop;
    this.targets = new LeaseTargets(node.provided(), node.taken());
  }

  @Override
  public void getNodeStatus(
      GetNodeStatusRequest request, StreamObserver<GetNodeStatusResponse> responses) {
    answer(
        responses,
        () ->
            GetNodeStatusResponse.newBuilder()
                .setNodeId(node.nodeId().text())
                .setVersion(Version.NUMBER)
                .setStartTimeUnixMs(node.startMillis())
                .setListenAddress(node.listenAddress())
                .addAllAdvertisedAddresses(node.advertisedAddresses())
                .setRegion(node.settings().text(Setting.REGION))
                .addAllGpus(node.rig().gpus().stream().map(this::gpu).toList())
                .addAllRuntimes(node.usable())
                .setPeerCount(
                    (int) node.sessions().peers().stream().filter(PeerView::connected).count())
                .setOfferCount(node.board().size())
                .setProviderLeaseCount(node.provided().openCount())
                .setConsumerLeaseCount(node.taken().openCount())
                .setRefusal(node.ledger().unavailable().orElse(""))
                .setLedgerSize(node.ledger().size())
                .setIdleExitMs(node.settings().duration(Setting.IDLE_EXIT).toMillis())
                .build());
  }

  @Override
  public void listPeers(ListPeersRequest request, StreamObserver<ListPeersResponse> responses) {
    answer(
        responses,
        () ->
            ListPeersResponse.newBuilder()
                .addAllPeers(node.sessions().peers().stream().map(LocalGrpcService::peer).toList())
                .build());
  }

  @Override
  public void searchOffers(
      SearchOffersRequest request, StreamObserver<SearchOffersResponse> responses) {
    answer(responses, () -> node.market().search(request));
  }

  @Override
  public void deploy(DeployRequest request, StreamObserver<DeployResponse> responses) {
    var stream = (ServerCallStreamObserver<DeployResponse>) responses;
    // The person who asked may leave; the leases that were begun go on.
    stream.setOnCancelHandler(() -> {});
    try {
      if (request.getWorkloadsCount() < 1 || request.getWorkloadsCount() > MAX_WORKLOADS) {
        throw new IllegalArgumentException("a deployment has 1 to " + MAX_WORKLOADS + " workloads");
      }
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (DeploymentWorkload workload : request.getWorkloadsList()) {
        WorkloadSpecs.check(workload.getSpec());
      }
      for (DeploymentWorkload workload : request.getWorkloadsList()) {
        all.add(
            node.taken()
                .deploy(order(request, workload), step -> send(stream, workload.getName(), step)));
      }
      var _ =
          CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
              .whenComplete((_, error) -> finish(stream, error));
    } catch (IllegalArgumentException e) {
      responses.onError(invalid(e));
    }
  }

  @Override
  public void listLeases(ListLeasesRequest request, StreamObserver<ListLeasesResponse> responses) {
    answer(
        responses,
        () ->
            ListLeasesResponse.newBuilder()
                .addAllLeases(node.taken().views(request.getIncludeClosed()))
                .addAllLeases(node.provided().views(request.getIncludeClosed()))
                .build());
  }

  @Override
  public void closeLeases(
      CloseLeasesRequest request, StreamObserver<CloseLeasesResponse> responses) {
    answer(
        responses,
        () -> {
          List<CompletableFuture<LeaseView>> closing = new ArrayList<>();
          for (LeaseView lease : targets.all(request.getTarget())) {
            if (lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER) {
              closing.add(
                  CompletableFuture.completedFuture(node.provided().closeOwn(lease.getLeaseId())));
            } else {
              LeaseView begun = node.taken().close(lease.getLeaseId());
              closing.add(
                  node.taken()
                      .closed(lease.getLeaseId())
                      .completeOnTimeout(begun, CLOSE_SECONDS, TimeUnit.SECONDS));
            }
          }
          CloseLeasesResponse.Builder response = CloseLeasesResponse.newBuilder();
          for (CompletableFuture<LeaseView> one : closing) {
            response.addLeases(one.get(CLOSE_SECONDS + 1, TimeUnit.SECONDS));
          }
          return response.build();
        });
  }

  @Override
  public void extendOwnLease(
      ExtendOwnLeaseRequest request, StreamObserver<ExtendOwnLeaseResponse> responses) {
    answer(
        responses,
        () ->
            ExtendOwnLeaseResponse.newBuilder()
                .setLease(
                    node.taken()
                        .extend(
                            targets.one(request.getTarget()).getLeaseId(),
                            Base32.randomId(new SecureRandom()),
                            request.getAdditionalMs()))
                .build());
  }

  @Override
  public void followLogs(FollowLogsRequest request, StreamObserver<FollowLogsResponse> responses) {
    var stream = (ServerCallStreamObserver<FollowLogsResponse>) responses;
    // Without a handler of its own, gRPC throws at whoever writes to a call that is over.
    stream.setOnCancelHandler(() -> {});
    try (FollowedLogs sink = new FollowedLogs(stream)) {
      LeaseView lease = targets.one(request.getTarget());
      int tail = Math.max(0, request.getTailLines());
      if (lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER) {
        node.provided()
            .streamLogs(
                NodeId.parse(lease.getCounterparty()),
                lease.getLeaseId(),
                request.getFollow(),
                tail,
                sink);
      } else {
        node.taken().streamLogs(lease.getLeaseId(), request.getFollow(), tail, sink);
      }
      if (!sink.isGone()) {
        stream.onCompleted();
      }
    } catch (RefusalException e) {
      stream.onError(RefusalStatus.toStatus(e));
    }
  }

  @Override
  public void listBalances(
      ListBalancesRequest request, StreamObserver<ListBalancesResponse> responses) {
    answer(
        responses,
        () ->
            ListBalancesResponse.newBuilder()
                .addAllBalances(node.settlement().balances())
                .addAllPayouts(node.settlement().payouts())
                .build());
  }

  @Override
  public void recordPayout(
      RecordPayoutRequest request, StreamObserver<RecordPayoutResponse> responses) {
    answer(
        responses,
        () ->
            RecordPayoutResponse.newBuilder().setPayout(node.settlement().record(request)).build());
  }

  @Override
  public void confirmPayout(
      ConfirmPayoutRequest request, StreamObserver<ConfirmPayoutResponse> responses) {
    answer(
        responses,
        () ->
            ConfirmPayoutResponse.newBuilder()
                .setPayout(node.settlement().confirm(request))
                .build());
  }

  @Override
  public void getEarnings(
      GetEarningsRequest request, StreamObserver<GetEarningsResponse> responses) {
    answer(
        responses,
        () ->
            GetEarningsResponse.newBuilder()
                .addAllLeases(
                    node.settlement()
                        .earnings(request.getStartTimeUnixMs(), request.getEndTimeUnixMs()))
                .addAllBalances(node.settlement().balances())
                .build());
  }

  @Override
  public void verifyLedger(
      VerifyLedgerRequest request, StreamObserver<VerifyLedgerResponse> responses) {
    answer(
        responses,
        () -> {
          VerifyReport report = node.ledger().verify();
          return VerifyLedgerResponse.newBuilder()
              .setEntryCount(report.entries())
              .setCheckpoint(report.checkpoint())
              .setProblem(report.problem().map(p -> p.sentence()).orElse(""))
              .setProblemIndex(report.problem().map(p -> p.index()).orElse(-1L))
              .addAllBalances(report.balances())
              .build();
        });
  }

  @Override
  public void listEntries(
      ListEntriesRequest request, StreamObserver<ListEntriesResponse> responses) {
    answer(responses, () -> EntryPages.page(node.ledger().size(), node.ledger()::entry, request));
  }

  @Override
  public void stopNode(StopNodeRequest request, StreamObserver<StopNodeResponse> responses) {
    responses.onNext(StopNodeResponse.getDefaultInstance());
    responses.onCompleted();
    stop.run();
  }

  /** Something that answers, or says why not. */
  private interface Answer<T> {
    T get()
        throws RefusalException,
            LedgerException,
            InterruptedException,
            ExecutionException,
            TimeoutException;
  }

  private static <T> void answer(StreamObserver<T> responses, Answer<T> answer) {
    try {
      responses.onNext(answer.get());
      responses.onCompleted();
    } catch (RefusalException e) {
      responses.onError(RefusalStatus.toStatus(e));
    } catch (IllegalArgumentException e) {
      responses.onError(invalid(e));
    } catch (LedgerException e) {
      responses.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      responses.onError(Status.CANCELLED.asRuntimeException());
    } catch (ExecutionException | TimeoutException e) {
      responses.onError(
          Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
    }
  }

  private static RuntimeException invalid(IllegalArgumentException e) {
    return Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
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

  private static void send(
      ServerCallStreamObserver<DeployResponse> stream, String workload, DeployStep step) {
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
    synchronized (stream) {
      if (!stream.isCancelled()) {
        stream.onNext(response.build());
      }
    }
  }

  private static void finish(
      ServerCallStreamObserver<DeployResponse> stream,
      @org.jspecify.annotations.Nullable Throwable error) {
    synchronized (stream) {
      if (stream.isCancelled()) {
        return;
      }
      if (error == null) {
        stream.onCompleted();
      } else {
        stream.onError(
            Status.INTERNAL
                .withDescription(String.valueOf(error.getMessage()))
                .asRuntimeException());
      }
    }
  }

  private RigGpu gpu(Gpu gpu) {
    return RigGpu.newBuilder()
        .setIndex(gpu.index())
        .setUuid(gpu.uuid())
        .setGpu(gpu.model())
        .setPrice(node.rig().price(gpu))
        .setSimulated(gpu.simulated())
        .setLeaseId(node.holds().holder(gpu.uuid()).orElse(""))
        .build();
  }

  private static Peer peer(PeerView view) {
    return Peer.newBuilder()
        .setNodeId(view.nodeId())
        .setAddress(view.address())
        .setConnected(view.connected())
        .setOutbound(view.outbound())
        .setUserAgent(view.userAgent())
        .setClockOffsetMs(view.clockOffsetMillis())
        .setProblem(view.problem())
        .build();
  }
}
