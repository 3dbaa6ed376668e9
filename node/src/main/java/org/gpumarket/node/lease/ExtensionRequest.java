package org.gpumarket.node.lease;

import java.util.concurrent.locks.ReentrantLock;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.ExtendLeaseRequest;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.SignedEnvelope;

/**
 * More time that a consumer asks for, one extension after the other.
 *
 * <p>Guarantees: what it has signed is on disk before it is sent and is asked for again, byte for
 * byte, until the provider has answered, so that no lost answer makes the two disagree about the
 * duration. Takes the lease's lock; the provider is called with the lock free.
 */
final class ExtensionRequest {
  private final SigningKey identity;
  private final LeaseRecord record;
  private final ReentrantLock lock;

  ExtensionRequest(SigningKey identity, LeaseRecord record, ReentrantLock lock) {
    this.identity = identity;
    this.record = record;
    this.lock = lock;
  }

  /**
   * Writes what is asked for; {@link #settle} then asks for it.
   *
   * @param requestId makes it safe to repeat
   * @throws RefusalException when another extension waits for its answer
   */
  void sign(String requestId, long additionalMillis) throws RefusalException {
    lock.lock();
    try {
      LeaseRow row = record.row();
      if (row.hasAskedExtension()) {
        if (asked(row).getRequestId().equals(requestId)) {
          return;
        }
        throw new RefusalException(
            Reason.WRONG_STATE, "the provider has not answered the extension before this one yet");
      }
      SignedEnvelope signed =
          EnvelopeKind.LEASE_EXTENSION.sign(
              identity,
              LeaseExtension.newBuilder()
                  .setLeaseId(record.leaseId())
                  .setRequestId(requestId)
                  .setDurationMs(record.durationMillis() + additionalMillis)
                  .build());
      record.write(row.toBuilder().setAskedExtension(signed).build());
    } finally {
      lock.unlock();
    }
  }

  boolean isOpen() {
    return record.row().hasAskedExtension();
  }

  /** Has the provider countersign what waits for it, if anything does. */
  void settle(ProviderLink link) throws RefusalException {
    LeaseRow row = record.row();
    if (!row.hasAskedExtension()) {
      return;
    }
    SignedEnvelope asked = row.getAskedExtension();
    SignedEnvelope answer;
    try {
      answer =
          link.extend(ExtendLeaseRequest.newBuilder().setExtension(asked).build()).getExtension();
    } catch (RefusalException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        throw e;
      }
      close(asked);
      throw e;
    }
    Countersignatures.require(
        EnvelopeKind.LEASE_EXTENSION, asked, answer, record.terms().provider());
    book(asked, answer);
  }

  private void close(SignedEnvelope asked) {
    lock.lock();
    try {
      if (record.row().getAskedExtension().equals(asked)) {
        record.tryWrite(record.row().toBuilder().clearAskedExtension().build());
      }
    } finally {
      lock.unlock();
    }
  }

  private void book(SignedEnvelope asked, SignedEnvelope answer) throws RefusalException {
    lock.lock();
    try {
      LeaseRow row = record.row();
      if (row.getAskedExtension().equals(asked)) {
        record.write(
            row.toBuilder()
                .clearAskedExtension()
                .setConsumerExtension(asked)
                .setProviderExtension(answer)
                .addExtensionRequestIds(asked(row).getRequestId())
                .build(),
            LeaseEntries.extended(asked, answer));
      }
    } finally {
      lock.unlock();
    }
  }

  private static LeaseExtension asked(LeaseRow row) {
    return LeaseRows.askedExtension(row);
  }
}
