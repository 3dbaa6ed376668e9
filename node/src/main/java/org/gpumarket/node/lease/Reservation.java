package org.gpumarket.node.lease;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.AgreeLeaseRequest;
import org.gpumarket.v1.AgreeLeaseResponse;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that its consumer has signed and that is not known to be agreed: state RESERVED.
 *
 * <p>It costs nothing, because nothing starts without this side. It becomes AGREED, or is dropped
 * once the provider is known not to have it. Takes the lease's lock; the provider is called with
 * the lock free.
 */
final class Reservation {
  private static final Logger log = LoggerFactory.getLogger(Reservation.class);

  private final LeaseRecord record;
  private final DurableWrites writes;
  private final ReentrantLock lock;
  private final Consumer<LeaseRow> onDrop;
  private boolean dropped;

  /**
   * The beginning of a lease; over where its row is past RESERVED.
   *
   * @param onDrop told, with the lock free or held, that the row is gone
   */
  Reservation(
      LeaseRecord record, DurableWrites writes, ReentrantLock lock, Consumer<LeaseRow> onDrop) {
    this.record = record;
    this.writes = writes;
    this.lock = lock;
    this.onDrop = onDrop;
  }

  /** Under the lock. */
  boolean isDropped() {
    return dropped;
  }

  boolean stands() {
    return record.state() == LeaseState.LEASE_STATE_RESERVED;
  }

  /**
   * Has the provider countersign. A provider that refuses leaves no lease; one that does not answer
   * leaves a row that is asked about again.
   */
  void agree(ProviderLink link) throws RefusalException {
    AgreeLeaseResponse response;
    try {
      response =
          link.agree(
              AgreeLeaseRequest.newBuilder().setLease(record.row().getConsumerLease()).build());
    } catch (RefusalException e) {
      if (e.reason() != Reason.UNAVAILABLE) {
        drop();
      }
      throw e;
    }
    lock.lock();
    try {
      if (stands()) {
        LeaseRow row = record.row();
        Countersignatures.require(
            EnvelopeKind.LEASE,
            row.getConsumerLease(),
            response.getLease(),
            record.terms().provider());
        record.write(
            row.toBuilder()
                .setState(LeaseState.LEASE_STATE_AGREED)
                .setProviderLease(response.getLease())
                .build(),
            LeaseEntries.agreed(
                LeaseRole.LEASE_ROLE_CONSUMER, row.getConsumerLease(), response.getLease()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Does not want a lease that may have been agreed: found out and closed in the background. */
  void abandon() {
    lock.lock();
    try {
      if (!dropped && stands()) {
        record.tryWrite(
            record.row().toBuilder().setCloseReason(CloseReason.CLOSE_REASON_CONSUMER).build());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a lease that the provider does not have. */
  void drop() {
    lock.lock();
    try {
      if (dropped || !stands()) {
        return;
      }
      writes.write(List.of(), LeaseRows.remove(record.leaseId()));
      dropped = true;
    } catch (RefusalException e) {
      log.warn("Lease {}: {}", record.leaseId(), e.sentence());
      return;
    } finally {
      lock.unlock();
    }
    onDrop.accept(record.row());
  }
}
