package org.gpumarket.node.lease;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.node.peer.Allowance;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.CloseLeaseRequest;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.StartLeaseRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer's side of one lease, from its own signature on.
 *
 * <p>Invariants: {@code row} is always what is on disk; a voucher is on disk before it is sent, and
 * is signed only for usage that can be true by this node's own clock; the provider is called with
 * the lock free, one call at a time. A row in state RESERVED is signed and not known to be agreed:
 * it costs nothing, because nothing starts without this side.
 */
final class ConsumerLease {
  private static final Logger log = LoggerFactory.getLogger(ConsumerLease.class);

  private final ConsumerContext context;
  private final LeaseTerms terms;
  private final ReentrantLock lock = new ReentrantLock();
  private final LeaseFollowers followers;
  private final LeaseRecord record;
  private final Reservation reservation;
  private final SettlementLine line;
  private final VoucherPen pen;
  private final ExtensionRequest extension;
  private final CallSchedule calls;
  private final Allowance messages;
  private final RunEstimate estimate;

  ConsumerLease(ConsumerContext context, LeaseRow row) {
    LeaseSurroundings surroundings = context.surroundings();
    this.context = context;
    this.followers = new LeaseFollowers(surroundings.executor());
    this.record = new LeaseRecord(context.writes(), row, followers::tell);
    this.terms = record.terms();
    this.reservation = new Reservation(record, context.writes(), lock, context.dropped());
    this.line = new SettlementLine(record, lock, new Settling());
    this.pen = new VoucherPen(context.identity(), record, line, surroundings);
    this.extension = new ExtensionRequest(context.identity(), record, lock);
    this.calls = new CallSchedule(surroundings);
    this.estimate = new RunEstimate(record, surroundings.nanoTime());
    this.messages =
        new Allowance(
            LeaseLimits.SETTLE_MESSAGES,
            TimeUnit.MILLISECONDS.toNanos(Math.min(1_000, terms.intervalMillis() / 4)),
            surroundings.nanoTime());
  }

  LeaseRow row() {
    return record.row();
  }

  LeaseTerms terms() {
    return terms;
  }

  LeaseView view() {
    return LeaseViews.view(row(), estimate.gpuMillis());
  }

  boolean isOver() {
    lock.lock();
    try {
      return reservation.isDropped() || !LeaseRows.isOpen(record.row());
    } finally {
      lock.unlock();
    }
  }

  /** Hears of every change, in order; the first thing is how the lease is now. */
  void follow(Consumer<LeaseView> follower) {
    lock.lock();
    try {
      followers.join(follower, record.row());
    } finally {
      lock.unlock();
    }
  }

  void unfollow(Consumer<LeaseView> follower) {
    followers.leave(follower);
  }

  /**
   * Has the provider countersign. A provider that refuses leaves no lease; one that does not answer
   * leaves a row that is asked about again.
   */
  void agree() throws RefusalException {
    reservation.agree(link());
  }

  /** Does not want a lease that may have been agreed: found out and closed in the background. */
  void abandon() {
    reservation.abandon();
  }

  /** Wants the lease to end; it ends when the provider has heard of it. */
  void close(CloseReason reason, String detail) throws RefusalException {
    lock.lock();
    try {
      if (record.hasEnded()) {
        return;
      }
      if (reservation.stands()) {
        record.write(record.row().toBuilder().setCloseReason(reason).build());
      } else {
        LeaseRow next = closing(reason, detail);
        record.write(next, LeaseEntries.changed(next));
      }
      calls.hurry();
    } finally {
      lock.unlock();
    }
    callProvider();
  }

  /**
   * Has the provider countersign more time.
   *
   * @throws RefusalException with {@link Reason#UNAVAILABLE} when nobody answers: it is then asked
   *     for again in the background
   */
  LeaseView extend(String requestId, long additionalMillis) throws RefusalException {
    extension.sign(requestId, additionalMillis);
    extension.settle(link());
    return view();
  }

  ProviderLink link() throws RefusalException {
    return context.providers().to(terms.provider(), List.of(row().getProviderAddress().split(",")));
  }

  /** Calls the provider when something is to be said to it and it is time to try. */
  void tick() {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (reservation.isDropped() || !LeaseRows.isOpen(record.row()) || calls.isCalling()) {
        return;
      }
      if (record.state() == LeaseState.LEASE_STATE_CLOSING) {
        calls.giveUpWithin(patienceMillis());
      }
      if (calls.isGivenUp()) {
        giveUp("the provider could not be reached for longer than the lease lasts");
        return;
      }
      leaveSilentLine();
      if (!needsCall() || !calls.isFree()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    callProvider();
  }

  /** A provider reports every interval of a run: one that does not is as good as unreachable. */
  private void leaveSilentLine() {
    if (line.isOpen()
        && record.state() == LeaseState.LEASE_STATE_RUNNING
        && calls.isSilentFor(2 * terms.intervalMillis() + terms.graceMillis())) {
      line.cancel();
      calls.failed();
      later(new RefusalException(Reason.UNAVAILABLE, "the provider says nothing"));
    }
  }

  private boolean needsCall() {
    return !line.isOpen()
        || record.state() == LeaseState.LEASE_STATE_AGREED
        || mustClose()
        || mustExtend();
  }

  /** This side has ended the lease and the provider has not said its last usage. */
  private boolean mustClose() {
    LeaseRow now = record.row();
    return now.getState() == LeaseState.LEASE_STATE_CLOSING && !LeaseRows.usage(now).getFinal();
  }

  private boolean mustExtend() {
    return extension.isOpen() && !record.hasEnded();
  }

  private void callProvider() {
    lock.lock();
    try {
      if (!calls.begin()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    context.surroundings().executor().execute(this::call);
  }

  /** One round of everything that the provider has to hear, with the lock free. */
  private void call() {
    try {
      if (reservation.stands()) {
        resolveReserved();
      } else {
        say();
      }
    } catch (RefusalException e) {
      refused(e);
    } finally {
      lock.lock();
      try {
        calls.over();
      } finally {
        lock.unlock();
      }
    }
  }

  private void resolveReserved() throws RefusalException {
    CloseReason unwanted = record.row().getCloseReason();
    if (unwanted == CloseReason.CLOSE_REASON_UNSPECIFIED) {
      agree();
      say();
      return;
    }
    var _ = link().close(closeRequest(unwanted));
    reservation.drop();
  }

  private void say() throws RefusalException {
    ProviderLink link = link();
    if (record.state() == LeaseState.LEASE_STATE_AGREED) {
      heard(
          link.start(
              StartLeaseRequest.newBuilder()
                  .setLeaseId(terms.leaseId())
                  .addAllGpus(terms.gpus())
                  .build()));
    }
    if (mustClose()) {
      heard(link.close(closeRequest(record.row().getCloseReason())));
      if (mustClose()) {
        throw new RefusalException(Reason.UNAVAILABLE, "the last usage was not said");
      }
    }
    line.open(link);
    if (mustExtend()) {
      extension.settle(link);
    }
  }

  private void heard(LeaseStatus status) {
    lock.lock();
    try {
      reached();
      apply(status);
    } finally {
      lock.unlock();
    }
  }

  /** A lease that ends waits no longer for a provider that answers than for one that does not. */
  private void reached() {
    if (record.state() == LeaseState.LEASE_STATE_CLOSING) {
      calls.answered();
    } else {
      calls.reached();
    }
  }

  private CloseLeaseRequest closeRequest(CloseReason reason) {
    return CloseLeaseRequest.newBuilder()
        .setLeaseId(terms.leaseId())
        .setReason(
            reason == CloseReason.CLOSE_REASON_DISPUTED
                ? reason
                : CloseReason.CLOSE_REASON_CONSUMER)
        .build();
  }

  private void refused(RefusalException why) {
    lock.lock();
    try {
      calls.failed();
      switch (why.reason()) {
        case NOT_FOUND, NOT_YOURS ->
            giveUp("the provider does not know this lease any more: " + why.sentence());
        case WRONG_STATE -> {
          if (record.state() == LeaseState.LEASE_STATE_AGREED) {
            end(CloseReason.CLOSE_REASON_PROVIDER, why.sentence());
          } else {
            later(why);
          }
        }
        case INVALID, EXHAUSTED, UNAVAILABLE -> later(why);
      }
    } finally {
      lock.unlock();
    }
  }

  private void later(RefusalException why) {
    log.debug("Lease {}: {}", terms.leaseId(), why.sentence());
    calls.giveUpWithin(patienceMillis());
  }

  private long patienceMillis() {
    long left = record.durationMillis() - record.usage().getGpuMillis() / terms.gpus().size();
    return left + 2 * terms.graceMillis();
  }

  private void giveUp(String sentence) {
    if (reservation.stands()) {
      reservation.drop();
      return;
    }
    end(CloseReason.CLOSE_REASON_PROVIDER, sentence);
    enterClosed(record.isCovered());
  }

  /** Enters CLOSING unless it is there; true when it is. */
  private boolean end(CloseReason reason, String sentence) {
    if (record.hasEnded()) {
      return true;
    }
    LeaseRow next = closing(reason, sentence);
    return record.tryWrite(next, LeaseEntries.changed(next));
  }

  private LeaseRow closing(CloseReason reason, String sentence) {
    return record.row().toBuilder()
        .setState(LeaseState.LEASE_STATE_CLOSING)
        .setCloseReason(reason)
        .setDetail(LeaseLimits.detail(sentence))
        .setMostRunMs(pen.mostRunMillis())
        .build();
  }

  private void apply(LeaseStatus status) {
    if (reservation.isDropped()
        || !status.getLeaseId().equals(terms.leaseId())
        || !LeaseRows.isOpen(record.row())) {
      return;
    }
    if (status.hasUsage() && !takeUsage(status.getUsage())) {
      return;
    }
    moveOn(status);
    estimate.heard();
    pen.note(status);
    settleIfPaid();
  }

  private boolean takeUsage(SignedEnvelope usage) {
    if (record.row().getCloseReason() == CloseReason.CLOSE_REASON_DISPUTED) {
      takeDisputed(usage);
      return false;
    }
    return switch (pen.take(usage)) {
      case VoucherPen.Answer.Vouchered _ -> true;
      case VoucherPen.Answer.NotNow _ -> false;
      case VoucherPen.Answer.Untrue untrue -> {
        dispute(untrue.sentence());
        yield false;
      }
    };
  }

  private void dispute(String sentence) {
    log.warn("Lease {} disputed: {}", terms.leaseId(), sentence);
    if (end(CloseReason.CLOSE_REASON_DISPUTED, sentence)) {
      record.tryWrite(
          record.row().toBuilder()
              .setCloseReason(CloseReason.CLOSE_REASON_DISPUTED)
              .setDetail(LeaseLimits.detail(sentence))
              .build());
      context.surroundings().executor().execute(this::callProvider);
    }
  }

  /** After a dispute nothing is signed any more: the provider's final word ends the lease. */
  private void takeDisputed(SignedEnvelope usage) {
    try {
      if (EnvelopeKind.USAGE.open(usage).message().getFinal()) {
        enterClosed(false);
      }
    } catch (InvalidSignatureException e) {
      log.warn("Lease {}: {}", terms.leaseId(), e.getMessage());
    }
  }

  private void moveOn(LeaseStatus status) {
    LeaseState before = record.state();
    for (LeaseRow step : ProviderProgress.follow(record.row(), status)) {
      LeaseRow next =
          step.getState() == LeaseState.LEASE_STATE_CLOSING
              ? step.toBuilder().setMostRunMs(pen.mostRunMillis()).build()
              : step;
      boolean written =
          next.getState() == before
              ? record.tryWrite(next)
              : record.tryWrite(next, LeaseEntries.changed(next));
      if (!written) {
        return;
      }
      before = next.getState();
    }
  }

  private void settleIfPaid() {
    if (record.state() == LeaseState.LEASE_STATE_CLOSING && pen.isPaidUp()) {
      enterClosed(true);
    }
  }

  private void enterClosed(boolean settled) {
    LeaseRow next =
        record.row().toBuilder()
            .setState(LeaseState.LEASE_STATE_CLOSED)
            .setSettled(settled)
            .build();
    if (record.tryWrite(next, LeaseEntries.changed(next))) {
      line.cancel();
    }
  }

  /** Leaves the provider alone: the node ends and the lease goes on. */
  void detach() {
    lock.lock();
    try {
      line.cancel();
    } finally {
      lock.unlock();
    }
  }

  /** What comes over the settlement stream, under the lock. */
  private final class Settling implements SettlementLine.Listener {
    @Override
    public void received(SettleResponse message) {
      if (!messages.take()) {
        log.debug("Lease {}: more messages than it has changes", terms.leaseId());
        line.cancel();
        calls.failed();
        return;
      }
      reached();
      switch (message.getMessageCase()) {
        case STATUS -> apply(message.getStatus());
        case RECEIPT -> {
          pen.received(message.getReceipt().getGpuMillis());
          settleIfPaid();
        }
        case REFUSAL ->
            log.warn(
                "Lease {}: voucher refused: {}",
                terms.leaseId(),
                LeaseLimits.detail(message.getRefusal().getReason()));
        case MESSAGE_NOT_SET -> {}
      }
    }

    @Override
    public void over(Optional<RefusalException> why) {
      if (LeaseRows.isOpen(record.row())) {
        why.ifPresentOrElse(ConsumerLease.this::refused, calls::failed);
      }
    }
  }
}
