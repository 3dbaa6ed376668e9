package org.gpumarket.node.lease;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalStatus;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.SettleRequest;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.VoucherReceipt;
import org.gpumarket.v1.VoucherRefusal;
import org.jspecify.annotations.Nullable;

/**
 * One settlement stream on the wire. What the consumer sends is handled in order, away from the
 * network's threads. A consumer that does not read gets nothing more until it does: then the newest
 * status and receipt, which are cumulative, and no refusal. The object's lock orders what is sent.
 */
final class SettleStream implements StreamObserver<SettleRequest>, SettleListener {
  /** Vouchers that may wait to be written: one an interval is due. */
  private static final int MAX_WAITING = 64;

  /** A voucher in its envelope is of some 300 bytes, 4,096 at most beside what signs it. */
  private static final int MAX_MESSAGE_BYTES = 8 << 10;

  private static final long NONE = -1;

  private final ProviderLeases leases;
  private final NodeId peer;
  private final ServerCallStreamObserver<SettleResponse> observer;
  private final Serial inOrder;
  private String leaseId = "";
  private ProviderLeases.@Nullable Settling settling;
  private @Nullable LeaseStatus unsent;
  private long unsentReceipt = NONE;
  private int waiting;
  private boolean over;

  SettleStream(
      ProviderLeases leases,
      NodeId peer,
      ServerCallStreamObserver<SettleResponse> observer,
      Executor executor) {
    this.leases = leases;
    this.peer = peer;
    this.observer = observer;
    this.inOrder = new Serial(executor);
    observer.setOnCancelHandler(this::leave);
    observer.setOnReadyHandler(this::sendUnsent);
  }

  @Override
  public void onNext(SettleRequest request) {
    if (request.getSerializedSize() > MAX_MESSAGE_BYTES) {
      leave();
      end(
          Status.INVALID_ARGUMENT
              .withDescription("a settlement message has at most " + MAX_MESSAGE_BYTES + " bytes")
              .asRuntimeException());
      return;
    }
    synchronized (this) {
      if (over || waiting >= MAX_WAITING) {
        return;
      }
      waiting++;
    }
    inOrder.execute(
        () -> {
          try {
            handle(request);
          } catch (RefusalException e) {
            end(RefusalStatus.toStatus(e));
          } finally {
            synchronized (this) {
              waiting--;
            }
          }
        });
  }

  private void handle(SettleRequest request) throws RefusalException {
    switch (request.getMessageCase()) {
      case LEASE_ID -> {
        if (settling == null) {
          leaseId = request.getLeaseId();
          join(leases.settle(peer, leaseId, this));
        }
      }
      case VOUCHER -> {
        ProviderLeases.Settling joined = settling;
        if (joined == null) {
          end(
              Status.INVALID_ARGUMENT
                  .withDescription("a settlement stream begins with a lease id")
                  .asRuntimeException());
        } else {
          joined.voucher(request.getVoucher());
        }
      }
      case MESSAGE_NOT_SET -> {}
    }
  }

  private void join(ProviderLeases.Settling joined) {
    boolean late;
    synchronized (this) {
      settling = joined;
      late = over;
    }
    if (late) {
      joined.close();
    }
  }

  @Override
  public void onError(Throwable error) {
    leave();
  }

  @Override
  public void onCompleted() {
    leave();
    ended();
  }

  @Override
  public synchronized void status(LeaseStatus status) {
    unsent = status;
    sendUnsent();
  }

  private synchronized void sendUnsent() {
    if (unsentReceipt != NONE && !over && observer.isReady()) {
      observer.onNext(receiptOf(unsentReceipt));
      unsentReceipt = NONE;
    }
    if (unsent != null && !over && observer.isReady()) {
      observer.onNext(SettleResponse.newBuilder().setStatus(unsent).build());
      unsent = null;
    }
  }

  @Override
  public synchronized void receipt(long gpuMillis) {
    unsentReceipt = gpuMillis;
    sendUnsent();
  }

  private SettleResponse receiptOf(long gpuMillis) {
    return SettleResponse.newBuilder()
        .setReceipt(VoucherReceipt.newBuilder().setLeaseId(leaseId).setGpuMillis(gpuMillis))
        .build();
  }

  @Override
  public void refusal(String sentence) {
    send(
        SettleResponse.newBuilder()
            .setRefusal(VoucherRefusal.newBuilder().setLeaseId(leaseId).setReason(sentence))
            .build());
  }

  private synchronized void send(SettleResponse response) {
    if (!over && observer.isReady()) {
      observer.onNext(response);
    }
  }

  @Override
  public synchronized void ended() {
    if (!over) {
      if (unsentReceipt != NONE) {
        observer.onNext(receiptOf(unsentReceipt));
      }
      if (unsent != null) {
        observer.onNext(SettleResponse.newBuilder().setStatus(unsent).build());
      }
      over = true;
      observer.onCompleted();
    }
  }

  private synchronized void end(RuntimeException status) {
    if (!over) {
      over = true;
      observer.onError(status);
    }
  }

  private void leave() {
    ProviderLeases.Settling joined;
    synchronized (this) {
      over = over || observer.isCancelled();
      joined = settling;
    }
    if (joined != null) {
      joined.close();
    }
  }
}
