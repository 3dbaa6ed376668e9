package org.gpumarket.node.lease;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.lease.ProviderLeases.Agreed;
import org.gpumarket.node.peer.RemotePeer;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.node.settlement.RefusalStatus;
import org.gpumarket.v1.AgreeLeaseRequest;
import org.gpumarket.v1.AgreeLeaseResponse;
import org.gpumarket.v1.CloseLeaseRequest;
import org.gpumarket.v1.CloseLeaseResponse;
import org.gpumarket.v1.ExtendLeaseRequest;
import org.gpumarket.v1.ExtendLeaseResponse;
import org.gpumarket.v1.GetLeaseRequest;
import org.gpumarket.v1.GetLeaseResponse;
import org.gpumarket.v1.LeaseServiceGrpc.LeaseServiceImplBase;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.RequestQuoteResponse;
import org.gpumarket.v1.SettleRequest;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.StartLeaseRequest;
import org.gpumarket.v1.StartLeaseResponse;
import org.gpumarket.v1.StreamLogsRequest;
import org.gpumarket.v1.StreamLogsResponse;

/** Translates between the wire and {@link ProviderLeases}; the caller is who the handshake says. */
public final class LeaseGrpcService extends LeaseServiceImplBase {
  /** Most lines that may be asked for (lease.proto). */
  private static final int MAX_TAIL_LINES = 100_000;

  /** Largest piece of a log (lease.proto). */
  private static final int LOG_PIECE_BYTES = 32 << 10;

  private final ProviderLeases leases;
  private final Executor executor;
  private final LogSlots logSlots = new LogSlots();

  /**
   * A service on top of this node's leases.
   *
   * @param executor runs calls that wait for a disk or a workload, each on its own thread
   */
  public LeaseGrpcService(ProviderLeases leases, Executor executor) {
    this.leases = leases;
    this.executor = executor;
  }

  @Override
  public void requestQuote(
      RequestQuoteRequest request, StreamObserver<RequestQuoteResponse> observer) {
    answer(
        observer,
        peer ->
            RequestQuoteResponse.newBuilder().setQuote(leases.requestQuote(peer, request)).build());
  }

  @Override
  public void agreeLease(AgreeLeaseRequest request, StreamObserver<AgreeLeaseResponse> observer) {
    answer(
        observer,
        peer -> {
          Agreed agreed = leases.agree(peer, request.getLease());
          return AgreeLeaseResponse.newBuilder()
              .setLease(agreed.countersigned())
              .setStatus(agreed.status())
              .build();
        });
  }

  @Override
  public void startLease(StartLeaseRequest request, StreamObserver<StartLeaseResponse> observer) {
    answer(
        observer,
        peer ->
            StartLeaseResponse.newBuilder()
                .setStatus(leases.start(peer, request.getLeaseId(), request.getGpusList()))
                .build());
  }

  @Override
  public void extendLease(
      ExtendLeaseRequest request, StreamObserver<ExtendLeaseResponse> observer) {
    answer(
        observer,
        peer -> {
          Agreed agreed = leases.extend(peer, request.getExtension());
          return ExtendLeaseResponse.newBuilder()
              .setExtension(agreed.countersigned())
              .setStatus(agreed.status())
              .build();
        });
  }

  @Override
  public void closeLease(CloseLeaseRequest request, StreamObserver<CloseLeaseResponse> observer) {
    answer(
        observer,
        peer ->
            CloseLeaseResponse.newBuilder()
                .setStatus(leases.close(peer, request.getLeaseId(), request.getReason()))
                .build());
  }

  @Override
  public void getLease(GetLeaseRequest request, StreamObserver<GetLeaseResponse> observer) {
    answer(
        observer,
        peer ->
            GetLeaseResponse.newBuilder()
                .setStatus(leases.status(peer, request.getLeaseId()))
                .build());
  }

  @Override
  public StreamObserver<SettleRequest> settle(StreamObserver<SettleResponse> observer) {
    return new SettleStream(
        leases,
        RemotePeer.current(),
        (ServerCallStreamObserver<SettleResponse>) observer,
        executor);
  }

  @Override
  public void streamLogs(StreamLogsRequest request, StreamObserver<StreamLogsResponse> observer) {
    NodeId peer = RemotePeer.current();
    if (request.getTailLines() < 0 || request.getTailLines() > MAX_TAIL_LINES) {
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("0 to " + MAX_TAIL_LINES + " lines may be asked for")
              .asRuntimeException());
      return;
    }
    if (!logSlots.take(peer)) {
      observer.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("this node shows enough logs already")
              .asRuntimeException());
      return;
    }
    LogStream stream =
        new LogStream((ServerCallStreamObserver<StreamLogsResponse>) observer, LOG_PIECE_BYTES);
    executor.execute(
        () -> {
          try {
            stream.enter();
            leases.streamLogs(
                peer, request.getLeaseId(), request.getFollow(), request.getTailLines(), stream);
            stream.end();
          } catch (RefusalException e) {
            stream.fail(RefusalStatus.toStatus(e));
          } finally {
            logSlots.giveBack(peer);
          }
        });
  }

  private <T> void answer(StreamObserver<T> observer, Call<T> call) {
    NodeId peer = RemotePeer.current();
    executor.execute(
        () -> {
          T response;
          try {
            response = call.answer(peer);
          } catch (RefusalException e) {
            observer.onError(RefusalStatus.toStatus(e));
            return;
          } catch (RuntimeException e) {
            observer.onError(
                RefusalStatus.toStatus(
                    new RefusalException(Reason.UNAVAILABLE, "this node has failed")));
            throw e;
          }
          observer.onNext(response);
          observer.onCompleted();
        });
  }

  static ByteString piece(byte[] bytes, int offset, int length) {
    return ByteString.copyFrom(bytes, offset, length);
  }

  @FunctionalInterface
  private interface Call<T> {
    T answer(NodeId peer) throws RefusalException;
  }
}
