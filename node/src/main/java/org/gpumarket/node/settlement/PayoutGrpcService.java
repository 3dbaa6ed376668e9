package org.gpumarket.node.settlement;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.peer.RemotePeer;
import org.gpumarket.v1.PayoutServiceGrpc.PayoutServiceImplBase;
import org.gpumarket.v1.SubmitPayoutRequest;
import org.gpumarket.v1.SubmitPayoutResponse;

/** Translates between the wire and {@link Payouts}; the caller is who the handshake says. */
public final class PayoutGrpcService extends PayoutServiceImplBase {
  private final Payouts payouts;
  private final Executor executor;

  /**
   * A service on top of this node's payouts.
   *
   * @param executor runs calls that wait for the disk, each on its own thread
   */
  public PayoutGrpcService(Payouts payouts, Executor executor) {
    this.payouts = payouts;
    this.executor = executor;
  }

  @Override
  public void submitPayout(
      SubmitPayoutRequest request, StreamObserver<SubmitPayoutResponse> observer) {
    NodeId peer = RemotePeer.current();
    executor.execute(
        () -> {
          SubmitPayoutResponse.Builder response = SubmitPayoutResponse.newBuilder();
          try {
            payouts.submit(peer, request.getPayout()).ifPresent(response::setConfirmation);
          } catch (RefusalException e) {
            observer.onError(RefusalStatus.toStatus(e));
            return;
          }
          observer.onNext(response.build());
          observer.onCompleted();
        });
  }
}
