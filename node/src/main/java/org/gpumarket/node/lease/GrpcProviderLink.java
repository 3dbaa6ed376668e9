package org.gpumarket.node.lease;

import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.node.settlement.RefusalStatus;
import org.gpumarket.v1.AgreeLeaseRequest;
import org.gpumarket.v1.AgreeLeaseResponse;
import org.gpumarket.v1.CloseLeaseRequest;
import org.gpumarket.v1.ExtendLeaseRequest;
import org.gpumarket.v1.ExtendLeaseResponse;
import org.gpumarket.v1.LeaseServiceGrpc;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.SettleRequest;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.StartLeaseRequest;
import org.gpumarket.v1.StreamLogsRequest;
import org.gpumarket.v1.StreamLogsResponse;
import org.jspecify.annotations.Nullable;

/** A provider over gRPC. Translates and decides nothing. */
final class GrpcProviderLink implements ProviderLink {
  /** A unary call that takes longer is repeated later. Stopping a workload takes up to 5 s. */
  private static final long DEADLINE_SECONDS = 15;

  private final Channel channel;

  GrpcProviderLink(Channel channel) {
    this.channel = channel;
  }

  private LeaseServiceGrpc.LeaseServiceBlockingStub stub() {
    return LeaseServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public SignedEnvelope requestQuote(RequestQuoteRequest request) throws RefusalException {
    return call(() -> stub().requestQuote(request)).getQuote();
  }

  @Override
  public AgreeLeaseResponse agree(AgreeLeaseRequest request) throws RefusalException {
    return call(() -> stub().agreeLease(request));
  }

  @Override
  public LeaseStatus start(StartLeaseRequest request) throws RefusalException {
    return call(() -> stub().startLease(request)).getStatus();
  }

  @Override
  public ExtendLeaseResponse extend(ExtendLeaseRequest request) throws RefusalException {
    return call(() -> stub().extendLease(request));
  }

  @Override
  public LeaseStatus close(CloseLeaseRequest request) throws RefusalException {
    return call(() -> stub().closeLease(request)).getStatus();
  }

  private static <T> T call(Supplier<T> call) throws RefusalException {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw RefusalStatus.fromStatus(e.getStatus());
    }
  }

  @Override
  public Settlement settle(String leaseId, SettlementEvents events) {
    Stream stream = new Stream(events);
    var requests = LeaseServiceGrpc.newStub(channel).settle(stream);
    requests.onNext(SettleRequest.newBuilder().setLeaseId(leaseId).build());
    return stream;
  }

  @Override
  public void streamLogs(StreamLogsRequest request, LogSink sink) throws RefusalException {
    Context.CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      Iterator<StreamLogsResponse> pieces =
          LeaseServiceGrpc.newBlockingStub(channel).streamLogs(request);
      while (pieces.hasNext()) {
        StreamLogsResponse piece = pieces.next();
        LogSink.Stream stream = piece.getStderr() ? LogSink.Stream.STDERR : LogSink.Stream.STDOUT;
        if (!sink.write(stream, piece.getData().toByteArray())) {
          return;
        }
      }
    } catch (StatusRuntimeException e) {
      throw RefusalStatus.fromStatus(e.getStatus());
    } finally {
      context.detach(before);
      context.cancel(null);
    }
  }

  /** The consumer's end of a settlement stream; the object's lock orders what is sent. */
  private static final class Stream
      implements Settlement, ClientResponseObserver<SettleRequest, SettleResponse> {
    private final SettlementEvents events;
    private @Nullable ClientCallStreamObserver<SettleRequest> requests;
    private boolean over;

    Stream(SettlementEvents events) {
      this.events = events;
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<SettleRequest> observer) {
      requests = observer;
    }

    @Override
    public synchronized void voucher(SignedEnvelope voucher) {
      if (requests != null && !over) {
        requests.onNext(SettleRequest.newBuilder().setVoucher(voucher).build());
      }
    }

    @Override
    public synchronized void cancel() {
      if (requests != null && !over) {
        over = true;
        requests.cancel("no longer wanted", null);
      }
    }

    @Override
    public void onNext(SettleResponse response) {
      events.received(response);
    }

    @Override
    public void onError(Throwable error) {
      finish();
      RefusalException why = RefusalStatus.fromStatus(Status.fromThrowable(error));
      events.ended(
          why.reason() == Reason.INVALID
              ? new RefusalException(Reason.UNAVAILABLE, why.sentence())
              : why);
    }

    @Override
    public void onCompleted() {
      finish();
      events.completed();
    }

    private synchronized void finish() {
      over = true;
    }
  }
}
