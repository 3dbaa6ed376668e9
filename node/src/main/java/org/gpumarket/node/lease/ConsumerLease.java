package org.gpumarket.node.lease;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.node.settlement.Usages;
import org.gpumarket.node.settlement.Usages.UsageTerms;
import org.gpumarket.node.settlement.Usages.UsageVerdict;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.v1.AgreeLeaseRequest;
import org.gpumarket.v1.AgreeLeaseResponse;
import org.gpumarket.v1.CloseLeaseRequest;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.ExtendLeaseRequest;
import org.gpumarket.v1.ExtendLeaseResponse;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.StartLeaseRequest;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;
import org.jspecify.annotations.Nullable;
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
  private final Backoff backoff;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Consumer<LeaseView>> followers = new CopyOnWriteArrayList<>();
  private final Serial tellings;
  private final long passedBeforeMillis;
  private final long loadedNanos;

  private LeaseRow row;
  private boolean calling;
  private boolean dropped;
  private ProviderLink.@Nullable Settlement settlement;
  private long streams;
  private @Nullable Deadline giveUpAt;
  private long receivedMillis;

  ConsumerLease(ConsumerContext context, LeaseRow row) {
    this.context = context;
    this.row = row;
    this.terms = LeaseTerms.stored(row.getQuote());
    this.backoff = new Backoff(context.surroundings());
    this.tellings = new Serial(context.surroundings().executor());
    this.loadedNanos = context.surroundings().nanoTime().getAsLong();
    // Both times are of this node's own clock; the meter can't have run before the agreement.
    this.passedBeforeMillis =
        Math.max(
            context.surroundings().unixMillis() - LeaseRows.lease(row).getAgreeTimeUnixMs(),
            LeaseRows.usage(row).getGpuMillis() / terms.gpus().size());
  }

  LeaseRow row() {
    lock.lock();
    try {
      return row;
    } finally {
      lock.unlock();
    }
  }

  LeaseTerms terms() {
    return terms;
  }

  LeaseView view() {
    return LeaseViews.view(row());
  }

  boolean isOver() {
    lock.lock();
    try {
      return dropped || !LeaseRows.isOpen(row);
    } finally {
      lock.unlock();
    }
  }

  /** Hears of every change, in order; the first thing is how the lease is now. */
  void follow(Consumer<LeaseView> follower) {
    lock.lock();
    try {
      followers.add(follower);
      LeaseView now = LeaseViews.view(row);
      tellings.execute(() -> follower.accept(now));
    } finally {
      lock.unlock();
    }
  }

  void unfollow(Consumer<LeaseView> follower) {
    followers.remove(follower);
  }

  /**
   * Has the provider countersign. A provider that refuses leaves no lease; one that does not answer
   * leaves a row that is asked about again.
   */
  void agree() throws RefusalException {
    LeaseRow signed = row();
    AgreeLeaseResponse response;
    try {
      response =
          link().agree(AgreeLeaseRequest.newBuilder().setLease(signed.getConsumerLease()).build());
    } catch (RefusalException e) {
      if (e.reason() != Reason.UNAVAILABLE) {
        drop();
      }
      throw e;
    }
    lock.lock();
    try {
      if (row.getState() != LeaseState.LEASE_STATE_RESERVED) {
        return;
      }
      requireCountersigned(response.getLease());
      write(
          row.toBuilder()
              .setState(LeaseState.LEASE_STATE_AGREED)
              .setProviderLease(response.getLease())
              .build(),
          LeaseEntries.agreed(
              LeaseRole.LEASE_ROLE_CONSUMER, row.getConsumerLease(), response.getLease()));
    } finally {
      lock.unlock();
    }
  }

  private void requireCountersigned(SignedEnvelope envelope) throws RefusalException {
    try {
      Signed<Lease> lease = EnvelopeKind.LEASE.open(envelope);
      if (!lease.signer().equals(terms.provider())
          || !envelope.getPayload().equals(row.getConsumerLease().getPayload())) {
        throw new RefusalException(
            Reason.INVALID, "the provider did not countersign the lease that was sent");
      }
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** Does not want a lease that may have been agreed: found out and closed in the background. */
  void abandon() {
    lock.lock();
    try {
      if (!dropped && row.getState() == LeaseState.LEASE_STATE_RESERVED) {
        tryWrite(row.toBuilder().setCloseReason(CloseReason.CLOSE_REASON_CONSUMER).build());
      }
    } finally {
      lock.unlock();
    }
  }

  private void drop() {
    lock.lock();
    try {
      if (dropped || row.getState() != LeaseState.LEASE_STATE_RESERVED) {
        return;
      }
      context.writes().write(List.of(), LeaseRows.remove(terms.leaseId()));
      dropped = true;
    } catch (RefusalException e) {
      log.warn("Lease {}: {}", terms.leaseId(), e.sentence());
      return;
    } finally {
      lock.unlock();
    }
    context.dropped().accept(row);
  }

  /** Wants the lease to end; it ends when the provider has heard of it. */
  void close(CloseReason reason, String detail) throws RefusalException {
    lock.lock();
    try {
      if (row.getState().getNumber() >= LeaseState.LEASE_STATE_CLOSING.getNumber()) {
        return;
      }
      if (row.getState() == LeaseState.LEASE_STATE_RESERVED) {
        write(row.toBuilder().setCloseReason(reason).build());
      } else {
        LeaseRow next =
            row.toBuilder()
                .setState(LeaseState.LEASE_STATE_CLOSING)
                .setCloseReason(reason)
                .setDetail(LeaseLimits.detail(detail))
                .build();
        write(next, LeaseEntries.changed(next));
      }
      backoff.succeeded();
    } finally {
      lock.unlock();
    }
    callProvider();
  }

  /** Has the provider countersign more time. */
  LeaseView extend(String requestId, long durationMillis) throws RefusalException {
    LeaseExtension extension =
        LeaseExtension.newBuilder()
            .setLeaseId(terms.leaseId())
            .setRequestId(requestId)
            .setDurationMs(durationMillis)
            .build();
    SignedEnvelope signed = EnvelopeKind.LEASE_EXTENSION.sign(context.identity(), extension);
    ExtendLeaseResponse response =
        link().extend(ExtendLeaseRequest.newBuilder().setExtension(signed).build());
    lock.lock();
    try {
      Signed<LeaseExtension> counter = EnvelopeKind.LEASE_EXTENSION.open(response.getExtension());
      if (!counter.signer().equals(terms.provider())
          || !counter.envelope().getPayload().equals(signed.getPayload())) {
        throw new RefusalException(Reason.INVALID, "the provider did not countersign");
      }
      if (durationMillis > LeaseRows.durationMillis(row, terms)) {
        write(
            row.toBuilder()
                .setConsumerExtension(signed)
                .setProviderExtension(counter.envelope())
                .addExtensionRequestIds(requestId)
                .build(),
            LeaseEntries.extended(signed, counter.envelope()));
      }
      return LeaseViews.view(row);
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  long durationMillis() {
    lock.lock();
    try {
      return LeaseRows.durationMillis(row, terms);
    } finally {
      lock.unlock();
    }
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
      if (dropped || !LeaseRows.isOpen(row) || calling) {
        return;
      }
      if (giveUpAt != null && context.surroundings().passed(giveUpAt)) {
        giveUp("the provider could not be reached for longer than the lease lasts");
        return;
      }
      if (!needsCall() || !backoff.isOver()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    callProvider();
  }

  private boolean needsCall() {
    return settlement == null || row.getState() == LeaseState.LEASE_STATE_AGREED || mustClose();
  }

  /** This side has ended the lease and the provider has not said its last usage. */
  private boolean mustClose() {
    return row.getState() == LeaseState.LEASE_STATE_CLOSING && !LeaseRows.usage(row).getFinal();
  }

  private void callProvider() {
    lock.lock();
    try {
      if (calling) {
        return;
      }
      calling = true;
    } finally {
      lock.unlock();
    }
    context.surroundings().executor().execute(this::call);
  }

  /** One round of everything that the provider has to hear, with the lock free. */
  private void call() {
    try {
      LeaseRow now = row();
      if (now.getState() == LeaseState.LEASE_STATE_RESERVED) {
        resolveReserved(now);
      } else {
        say(now);
      }
    } catch (RefusalException e) {
      refused(e);
    } finally {
      lock.lock();
      try {
        calling = false;
      } finally {
        lock.unlock();
      }
    }
  }

  private void resolveReserved(LeaseRow now) throws RefusalException {
    if (now.getCloseReason() == CloseReason.CLOSE_REASON_UNSPECIFIED) {
      agree();
      say(row());
      return;
    }
    var _ = link().close(closeRequest(now.getCloseReason()));
    drop();
  }

  private void say(LeaseRow now) throws RefusalException {
    ProviderLink link = link();
    if (now.getState() == LeaseState.LEASE_STATE_AGREED) {
      LeaseStatus started =
          link.start(
              StartLeaseRequest.newBuilder()
                  .setLeaseId(terms.leaseId())
                  .addAllGpus(terms.gpus())
                  .build());
      reached();
      apply(started);
    }
    if (mustCloseNow()) {
      LeaseStatus closed = link.close(closeRequest(row().getCloseReason()));
      reached();
      apply(closed);
    }
    openSettlement(link);
  }

  private boolean mustCloseNow() {
    lock.lock();
    try {
      return mustClose();
    } finally {
      lock.unlock();
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

  private void openSettlement(ProviderLink link) {
    long stream;
    lock.lock();
    try {
      if (settlement != null || !LeaseRows.isOpen(row)) {
        return;
      }
      stream = ++streams;
    } finally {
      lock.unlock();
    }
    ProviderLink.Settlement opened = link.settle(terms.leaseId(), new Events(stream));
    lock.lock();
    try {
      if (stream == streams && LeaseRows.isOpen(row)) {
        settlement = opened;
        sendVoucher();
      } else {
        opened.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  private void reached() {
    lock.lock();
    try {
      backoff.succeeded();
      giveUpAt = null;
    } finally {
      lock.unlock();
    }
  }

  private void refused(RefusalException why) {
    lock.lock();
    try {
      backoff.failed();
      switch (why.reason()) {
        case NOT_FOUND, NOT_YOURS -> forgotten(why.sentence());
        case WRONG_STATE -> {
          if (row.getState() == LeaseState.LEASE_STATE_AGREED) {
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
    if (giveUpAt == null) {
      long left =
          LeaseRows.durationMillis(row, terms)
              - LeaseRows.usage(row).getGpuMillis() / terms.gpus().size();
      giveUpAt = context.surroundings().in(left + 2 * terms.graceMillis());
    }
  }

  private void forgotten(String sentence) {
    if (row.getState() == LeaseState.LEASE_STATE_RESERVED) {
      drop();
    } else {
      giveUp("the provider does not know this lease any more: " + sentence);
    }
  }

  private void giveUp(String sentence) {
    if (row.getState() == LeaseState.LEASE_STATE_RESERVED) {
      drop();
      return;
    }
    end(CloseReason.CLOSE_REASON_PROVIDER, sentence);
    enterClosed(LeaseRows.isCovered(row));
  }

  /** Enters CLOSING unless it is there; true when it is. */
  private boolean end(CloseReason reason, String sentence) {
    if (row.getState().getNumber() >= LeaseState.LEASE_STATE_CLOSING.getNumber()) {
      return true;
    }
    LeaseRow next =
        row.toBuilder()
            .setState(LeaseState.LEASE_STATE_CLOSING)
            .setCloseReason(reason)
            .setDetail(LeaseLimits.detail(sentence))
            .build();
    return tryWrite(next, LeaseEntries.changed(next));
  }

  private void apply(LeaseStatus status) {
    lock.lock();
    try {
      if (dropped || !status.getLeaseId().equals(terms.leaseId()) || !LeaseRows.isOpen(row)) {
        return;
      }
      if (status.hasUsage() && !takeUsage(status.getUsage())) {
        return;
      }
      moveOn(status);
      noteCovered(status);
      settleIfPaid();
    } finally {
      lock.unlock();
    }
  }

  /** False: the usage cannot be true, and the lease is disputed. */
  private boolean takeUsage(SignedEnvelope envelope) {
    if (row.getCloseReason() == CloseReason.CLOSE_REASON_DISPUTED) {
      return takeDisputed(envelope);
    }
    return switch (Usages.check(envelope, usageTerms())) {
      case UsageVerdict.Old _ -> true;
      case UsageVerdict.Counts counts -> vouch(counts.usage());
      case UsageVerdict.Untrue untrue -> {
        log.warn("Lease {} disputed: {}", terms.leaseId(), untrue.sentence());
        if (end(CloseReason.CLOSE_REASON_DISPUTED, untrue.sentence())) {
          tryWrite(
              row.toBuilder()
                  .setCloseReason(CloseReason.CLOSE_REASON_DISPUTED)
                  .setDetail(LeaseLimits.detail(untrue.sentence()))
                  .build());
          context.surroundings().executor().execute(this::callProvider);
        }
        yield false;
      }
    };
  }

  /** After a dispute nothing is signed any more: the provider's final word ends the lease. */
  private boolean takeDisputed(SignedEnvelope envelope) {
    try {
      if (EnvelopeKind.USAGE.open(envelope).message().getFinal()) {
        enterClosed(false);
      }
    } catch (InvalidSignatureException e) {
      log.warn("Lease {}: {}", terms.leaseId(), e.getMessage());
    }
    return false;
  }

  private UsageTerms usageTerms() {
    Usage last = LeaseRows.usage(row);
    long passedMillis =
        passedBeforeMillis
            + (context.surroundings().nanoTime().getAsLong() - loadedNanos) / 1_000_000;
    long runMillis =
        Math.min(
            passedMillis + LeaseLimits.USAGE_TOLERANCE_MILLIS,
            LeaseRows.durationMillis(row, terms));
    return new UsageTerms(
        terms.leaseId(),
        terms.provider(),
        terms.price(),
        last.getSequence(),
        last.getGpuMillis(),
        Math.multiplyExact(runMillis, (long) terms.gpus().size()));
  }

  /** Usage and the voucher for it become durable together; then the voucher goes out. */
  private boolean vouch(Signed<Usage> usage) {
    LeaseRow.Builder next = row.toBuilder().setUsage(usage.envelope());
    long gpuMillis = usage.message().getGpuMillis();
    boolean written;
    if (gpuMillis > LeaseRows.voucher(row).getGpuMillis()) {
      SignedEnvelope voucher =
          Vouchers.sign(
              context.identity(),
              terms.leaseId(),
              gpuMillis,
              terms.price(),
              context.surroundings().unixMillis());
      written =
          tryWrite(
              next.setVoucher(voucher).build(),
              LeaseEntries.vouchered(LeaseRole.LEASE_ROLE_CONSUMER, voucher));
      if (written) {
        sendVoucher();
      }
    } else {
      written = tryWrite(next.build());
    }
    return written;
  }

  private void sendVoucher() {
    if (settlement != null && row.hasVoucher()) {
      settlement.voucher(row.getVoucher());
    }
  }

  /** Follows the provider's states; the books know only steps that may follow one another. */
  private void moveOn(LeaseStatus status) {
    switch (status.getState()) {
      case LEASE_STATE_STARTING -> step(LeaseState.LEASE_STATE_STARTING, status);
      case LEASE_STATE_RUNNING -> step(LeaseState.LEASE_STATE_RUNNING, status);
      case LEASE_STATE_SUSPENDED -> {
        step(LeaseState.LEASE_STATE_RUNNING, status);
        step(LeaseState.LEASE_STATE_SUSPENDED, status);
      }
      case LEASE_STATE_CLOSING, LEASE_STATE_CLOSED -> {
        if (row.getState().getNumber() < LeaseState.LEASE_STATE_CLOSING.getNumber()) {
          LeaseRow.Builder next =
              row.toBuilder()
                  .setState(LeaseState.LEASE_STATE_CLOSING)
                  .setCloseReason(status.getCloseReason())
                  .setDetail(LeaseLimits.detail(status.getDetail()));
          if (status.hasExitCode()) {
            next.setExitCode(status.getExitCode());
          }
          LeaseRow built = next.build();
          tryWrite(built, LeaseEntries.changed(built));
        }
      }
      case LEASE_STATE_AGREED -> {}
      case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
          log.warn("Lease {}: the provider reports no state", terms.leaseId());
    }
  }

  private void step(LeaseState to, LeaseStatus status) {
    LeaseState from = row.getState();
    boolean follows =
        switch (to) {
          case LEASE_STATE_STARTING -> from == LeaseState.LEASE_STATE_AGREED;
          case LEASE_STATE_RUNNING ->
              from == LeaseState.LEASE_STATE_AGREED
                  || from == LeaseState.LEASE_STATE_STARTING
                  || (from == LeaseState.LEASE_STATE_SUSPENDED
                      && status.getState() == LeaseState.LEASE_STATE_RUNNING);
          case LEASE_STATE_SUSPENDED -> from == LeaseState.LEASE_STATE_RUNNING;
          case LEASE_STATE_UNSPECIFIED,
              LEASE_STATE_RESERVED,
              LEASE_STATE_AGREED,
              LEASE_STATE_CLOSING,
              LEASE_STATE_CLOSED,
              UNRECOGNIZED ->
              false;
        };
    String detail = LeaseLimits.detail(status.getDetail());
    if (follows) {
      LeaseRow next = row.toBuilder().setState(to).setDetail(detail).build();
      tryWrite(next, LeaseEntries.changed(next));
    } else if (from == to && !row.getDetail().equals(detail)) {
      tryWrite(row.toBuilder().setDetail(detail).build());
    }
  }

  /** What the provider has on disk of our vouchers; a lost one is sent again. */
  private void noteCovered(LeaseStatus status) {
    Voucher known = Voucher.getDefaultInstance();
    try {
      if (status.hasVoucher()) {
        known = EnvelopeKind.VOUCHER.parse(status.getVoucher());
      }
    } catch (InvalidSignatureException e) {
      log.warn("Lease {}: {}", terms.leaseId(), e.getMessage());
    }
    receivedMillis = Math.max(receivedMillis, known.getGpuMillis());
    if (receivedMillis < LeaseRows.voucher(row).getGpuMillis()) {
      sendVoucher();
    }
  }

  private void settleIfPaid() {
    if (row.getState() == LeaseState.LEASE_STATE_CLOSING
        && LeaseRows.usage(row).getFinal()
        && LeaseRows.isCovered(row)
        && (receivedMillis >= LeaseRows.voucher(row).getGpuMillis()
            || LeaseRows.voucher(row).getAmount().getAmountMicros() == 0)) {
      enterClosed(true);
    }
  }

  private void enterClosed(boolean settled) {
    LeaseRow next =
        row.toBuilder().setState(LeaseState.LEASE_STATE_CLOSED).setSettled(settled).build();
    if (tryWrite(next, LeaseEntries.changed(next)) && settlement != null) {
      settlement.cancel();
      settlement = null;
    }
  }

  /** Leaves the provider alone: the node ends and the lease goes on. */
  void detach() {
    lock.lock();
    try {
      streams++;
      if (settlement != null) {
        settlement.cancel();
        settlement = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private void write(LeaseRow next, LedgerEntry... entries) throws RefusalException {
    boolean moved = next.getState() != row.getState() || !next.getDetail().equals(row.getDetail());
    context.writes().write(List.of(entries), LeaseRows.put(next));
    row = next;
    if (moved) {
      LeaseView view = LeaseViews.view(next);
      tellings.execute(() -> followers.forEach(follower -> follower.accept(view)));
    }
  }

  /** What cannot be written now comes again: every report is cumulative. */
  private boolean tryWrite(LeaseRow next, LedgerEntry... entries) {
    try {
      write(next, entries);
      return true;
    } catch (RefusalException e) {
      if (e.reason() != Reason.UNAVAILABLE) {
        throw new IllegalStateException("the books refuse lease " + terms.leaseId(), e);
      }
      log.warn("Lease {}: {}", terms.leaseId(), e.sentence());
      return false;
    }
  }

  /** One settlement stream; what comes from one that was given up is not heard. */
  private final class Events implements ProviderLink.SettlementEvents {
    private final long stream;

    Events(long stream) {
      this.stream = stream;
    }

    @Override
    public void received(SettleResponse message) {
      lock.lock();
      try {
        if (stream != streams) {
          return;
        }
        reached();
        switch (message.getMessageCase()) {
          case STATUS -> apply(message.getStatus());
          case RECEIPT -> {
            receivedMillis = Math.max(receivedMillis, message.getReceipt().getGpuMillis());
            settleIfPaid();
          }
          case REFUSAL ->
              log.warn(
                  "Lease {}: voucher refused: {}",
                  terms.leaseId(),
                  LeaseLimits.detail(message.getRefusal().getReason()));
          case MESSAGE_NOT_SET -> {}
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
        if (stream != streams) {
          return;
        }
        streams++;
        settlement = null;
        if (LeaseRows.isOpen(row)) {
          why.ifPresentOrElse(ConsumerLease.this::refused, backoff::failed);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
