package org.gpumarket.node.lease;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.v1.SettleResponse;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's end of the settlement of one lease: one stream at a time, and nothing is heard from
 * one that was given up. Shares the lease's lock; {@link #open} takes it, everything else is used
 * under it.
 */
final class SettlementLine {
  private final LeaseRecord record;
  private final ReentrantLock lock;
  private final Listener listener;
  private ProviderLink.@Nullable Settlement settlement;
  private long streams;

  SettlementLine(LeaseRecord record, ReentrantLock lock, Listener listener) {
    this.record = record;
    this.lock = lock;
    this.listener = listener;
  }

  /** Hears under the lease's lock. */
  interface Listener {
    void received(SettleResponse message);

    /** The stream is over; why, unless the provider says that all is paid. */
    void over(Optional<RefusalException> why);
  }

  boolean isOpen() {
    return settlement != null;
  }

  /** Opens a stream, unless there is one or the lease is closed; sends the newest voucher. */
  void open(ProviderLink link) {
    long stream;
    lock.lock();
    try {
      if (settlement != null || !LeaseRows.isOpen(record.row())) {
        return;
      }
      stream = ++streams;
    } finally {
      lock.unlock();
    }
    ProviderLink.Settlement opened = link.settle(record.leaseId(), new Events(stream));
    lock.lock();
    try {
      if (stream == streams && LeaseRows.isOpen(record.row())) {
        settlement = opened;
        sendVoucher();
      } else {
        opened.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends the newest voucher, if there is one and a stream for it. */
  void sendVoucher() {
    if (settlement != null && record.row().hasVoucher()) {
      settlement.voucher(record.row().getVoucher());
    }
  }

  /** Gives the stream up, also one that is being opened. */
  void cancel() {
    streams++;
    if (settlement != null) {
      settlement.cancel();
      settlement = null;
    }
  }

  private final class Events implements ProviderLink.SettlementEvents {
    private final long stream;

    Events(long stream) {
      this.stream = stream;
    }

    @Override
    public void received(SettleResponse message) {
      lock.lock();
      try {
        if (stream == streams) {
          listener.received(message);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void ended(RefusalException why) {
      over(Optional.of(why));
    }

    @Override
    public void completed() {
      over(Optional.empty());
    }

    private void over(Optional<RefusalException> why) {
      lock.lock();
      try {
        if (stream == streams) {
          streams++;
          settlement = null;
          listener.over(why);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
