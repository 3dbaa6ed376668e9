package org.gpumarket.node.daemon;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalStatus;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.CloseLeasesResponse;
import org.gpumarket.v1.ConfirmPayoutRequest;
import org.gpumarket.v1.ConfirmPayoutResponse;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.ExtendOwnLeaseRequest;
import org.gpumarket.v1.ExtendOwnLeaseResponse;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.FollowLogsResponse;
import org.gpumarket.v1.GetEarningsRequest;
import org.gpumarket.v1.GetEarningsResponse;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.ListBalancesRequest;
import org.gpumarket.v1.ListBalancesResponse;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.ListLeasesRequest;
import org.gpumarket.v1.ListLeasesResponse;
import org.gpumarket.v1.ListPeersRequest;
import org.gpumarket.v1.ListPeersResponse;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceImplBase;
import org.gpumarket.v1.MeetPeersRequest;
import org.gpumarket.v1.MeetPeersResponse;
import org.gpumarket.v1.PayoutView;
import org.gpumarket.v1.RecordPayoutRequest;
import org.gpumarket.v1.RecordPayoutResponse;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.StopNodeRequest;
import org.gpumarket.v1.StopNodeResponse;
import org.gpumarket.v1.VerifyLedgerProgress;
import org.gpumarket.v1.VerifyLedgerRequest;
import org.gpumarket.v1.VerifyLedgerResponse;

/** The owner's gRPC service: who answers what, and how a failure is said on the wire. */
final class LocalGrpcService extends LocalServiceImplBase {
  private final Node node;
  private final Runnable stop;
  private final LocalNodeStatus status;
  private final LocalLeases leases;
  private final LocalBooks books;

  LocalGrpcService(Node node, Runnable stop) {
    this.node = node;
    this.stop = stop;
    this.status = new LocalNodeStatus(node);
    this.leases = new LocalLeases(node.provided(), node.taken());
    this.books = new LocalBooks(node.ledger());
  }

  @Override
  public void getNodeStatus(
      GetNodeStatusRequest request, StreamObserver<GetNodeStatusResponse> responses) {
    answer(responses, status::status);
  }

  @Override
  public void listPeers(ListPeersRequest request, StreamObserver<ListPeersResponse> responses) {
    answer(responses, status::peers);
  }

  @Override
  public void meetPeers(MeetPeersRequest request, StreamObserver<MeetPeersResponse> responses) {
    answer(
        responses,
        () -> {
          node.meet(request.getAddressesList());
          return MeetPeersResponse.getDefaultInstance();
        });
  }

  @Override
  public void searchOffers(
      SearchOffersRequest request, StreamObserver<SearchOffersResponse> responses) {
    answer(responses, () -> node.search().search(request));
  }

  @Override
  public void deploy(DeployRequest request, StreamObserver<DeployResponse> responses) {
    try {
      new DeployStream((ServerCallStreamObserver<DeployResponse>) responses)
          .run(request, node.taken());
    } catch (IllegalArgumentException e) {
      responses.onError(invalid(e));
    }
  }

  @Override
  public void listLeases(ListLeasesRequest request, StreamObserver<ListLeasesResponse> responses) {
    answer(responses, () -> leases.list(request));
  }

  @Override
  public void closeLeases(
      CloseLeasesRequest request, StreamObserver<CloseLeasesResponse> responses) {
    answer(responses, () -> leases.close(request));
  }

  @Override
  public void extendOwnLease(
      ExtendOwnLeaseRequest request, StreamObserver<ExtendOwnLeaseResponse> responses) {
    answer(responses, () -> leases.extend(request));
  }

  @Override
  public void followLogs(FollowLogsRequest request, StreamObserver<FollowLogsResponse> responses) {
    var stream = (ServerCallStreamObserver<FollowLogsResponse>) responses;
    // Without a handler of its own, gRPC throws at whoever writes to a call that is over.
    stream.setOnCancelHandler(() -> {});
    try (FollowedLogs sink = new FollowedLogs(stream)) {
      leases.streamLogs(request, sink);
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
        () -> {
          // Asked for first: what is confirmed now changes the balances.
          List<PayoutView> payouts = node.settlement().payouts();
          return ListBalancesResponse.newBuilder()
              .addAllBalances(node.settlement().balances())
              .addAllPayouts(payouts)
              .build();
        });
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
    var stream = (ServerCallStreamObserver<VerifyLedgerResponse>) responses;
    VerifyScope scope = request.getFull() ? VerifyScope.FULL : VerifyScope.SINCE_LAST;
    answer(responses, () -> books.verify(scope, progress -> tell(stream, progress)));
  }

  private static void tell(
      ServerCallStreamObserver<VerifyLedgerResponse> stream, VerifyLedgerProgress progress)
      throws LedgerException {
    if (stream.isCancelled()) {
      throw new LedgerException("nobody waits for it any more", new IllegalStateException());
    }
    if (stream.isReady()) {
      stream.onNext(VerifyLedgerResponse.newBuilder().setProgress(progress).build());
    }
  }

  @Override
  public void listEntries(
      ListEntriesRequest request, StreamObserver<ListEntriesResponse> responses) {
    answer(responses, () -> books.entries(request));
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
}
