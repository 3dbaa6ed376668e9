package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.deployment.WorkloadSpecs;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.settlement.Balances;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.SignedEnvelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All leases that this node provides.
 *
 * <p>Guarantees: every call is safe to repeat; only a lease's consumer hears of it; nothing is
 * answered before it is on disk; after {@link #recover} every workload found belongs to an open
 * lease or is stopped. Safe for use by several threads; {@link #tick} is to be called a few times a
 * second and moves everything that waits for time.
 */
public final class ProviderLeases {
  private static final Logger log = LoggerFactory.getLogger(ProviderLeases.class);

  /** How long the end of the node waits for a lease's last voucher. */
  private static final long LAST_VOUCHER_MILLIS = 1_500;

  private final ProviderContext context;
  private final Ledger ledger;
  private final Function<String, Optional<OfferTerms>> offers;
  private final QuoteDesk desk;
  private final Map<String, ProviderLease> leases = new ConcurrentHashMap<>();
  private final Set<WorkloadRuntime> unseen = ConcurrentHashMap.newKeySet();
  private volatile boolean ending;

  /**
   * Reads the leases of the ledger; call {@link #recover} before the node answers its peers.
   *
   * @param holds of the same ledger
   * @param rig every GPU of this machine
   * @param offers this node's own offers, by offer id
   * @param runtimes at most one of each kind
   */
  public ProviderLeases(
      SigningKey identity,
      Ledger ledger,
      GpuHolds holds,
      List<Gpu> rig,
      Function<String, Optional<OfferTerms>> offers,
      List<WorkloadRuntime> runtimes,
      ProviderTerms policy,
      LeaseSurroundings surroundings) {
    this.ledger = ledger;
    this.offers = offers;
    this.context =
        new ProviderContext(
            identity,
            new DurableWrites(ledger),
            holds,
            new RigRuntimes(
                runtimes.stream().collect(Collectors.toMap(WorkloadRuntime::kind, r -> r)),
                rig.stream().collect(Collectors.toMap(Gpu::uuid, g -> g))),
            surroundings);
    Balances balances = new Balances(ledger);
    this.desk =
        new QuoteDesk(
            context,
            policy,
            offers,
            this::openResources,
            this::unstarted,
            payer -> balances.paidBefore(payer.consumer(), payer.currencyCode()));
    for (LeaseRow row : LeaseRows.loadOpen(ledger, LeaseRole.LEASE_ROLE_PROVIDER)) {
      leases.put(row.getLeaseId(), new ProviderLease(context, row));
    }
  }

  /** After a start: goes on with every open lease, and stops what belongs to none. */
  public void recover() {
    List<Workload> found = new ArrayList<>();
    for (WorkloadRuntime runtime : context.runtimes().runtimes().values()) {
      try {
        found.addAll(runtime.find());
      } catch (WorkloadException e) {
        log.warn("Cannot look for workloads: {}", e.getMessage());
        unseen.add(runtime);
      }
    }
    leases.values().forEach(lease -> lease.recover(found, Set.copyOf(unseen)));
    discardOrphans(found);
  }

  private void discardOrphans(List<Workload> found) {
    for (Workload workload : found) {
      ProviderLease lease = leases.get(workload.leaseId());
      if (lease == null || !LeaseRows.isOpen(lease.row())) {
        discard(workload);
      }
    }
  }

  /** A runtime that did not answer at the start may hide what belongs to no lease. */
  private void lookAgain() {
    unseen.removeIf(
        runtime -> {
          if (runtime.problem().isPresent()) {
            return false;
          }
          try {
            discardOrphans(runtime.find());
            return true;
          } catch (WorkloadException e) {
            log.debug("Cannot look for workloads: {}", e.getMessage());
            return false;
          }
        });
  }

  private static void discard(Workload workload) {
    try {
      log.info("Workload of lease {} belongs to no open lease: stopped", workload.leaseId());
      workload.stop(LeaseLimits.STOP_GRACE);
      workload.remove();
    } catch (WorkloadException e) {
      log.warn("Cannot stop the workload of lease {}: {}", workload.leaseId(), e.getMessage());
    }
  }

  /** Holds GPUs for a consumer. */
  public SignedEnvelope requestQuote(NodeId consumer, RequestQuoteRequest request)
      throws RefusalException {
    requireOpen();
    context.writes().requireWritable();
    if (consumer.equals(context.identity().nodeId())) {
      throw new RefusalException(Reason.INVALID, "a node does not rent from itself");
    }
    return desk.quote(consumer, request);
  }

  /** Countersigns a lease; it is on disk before this returns. */
  public Agreed agree(NodeId consumer, SignedEnvelope envelope) throws RefusalException {
    requireOpen();
    Signed<Lease> lease = open(envelope);
    if (!lease.signer().equals(consumer)) {
      throw new RefusalException(Reason.NOT_YOURS, "this lease is not signed by the caller");
    }
    LeaseTerms terms = LeaseTerms.open(lease.message().getQuote());
    if (!terms.provider().equals(context.identity().nodeId())
        || !terms.consumer().equals(consumer)) {
      throw new RefusalException(Reason.NOT_YOURS, "this quote is not between the two of us");
    }
    Optional<ProviderLease> before = find(terms.leaseId());
    if (before.isPresent()) {
      return agreedBefore(before.get(), envelope);
    }
    if (!Base32.isId(lease.message().getRequestId())) {
      throw new RefusalException(Reason.INVALID, "a request id has 26 characters of base32");
    }
    context.writes().requireWritable();
    return agreeNew(terms, lease);
  }

  private Agreed agreeNew(LeaseTerms terms, Signed<Lease> lease) throws RefusalException {
    RequestQuoteRequest quoted;
    try {
      quoted = desk.claim(terms.consumer(), terms.leaseId(), lease.message().getQuote());
    } catch (RefusalException e) {
      // Somebody may have agreed it between the look and the claim.
      Optional<ProviderLease> before = find(terms.leaseId());
      if (before.isPresent()) {
        return agreedBefore(before.get(), lease.envelope());
      }
      throw e;
    }
    boolean agreed = false;
    try {
      requireQuoted(lease.message(), quoted);
      SignedEnvelope countersigned =
          EnvelopeKind.LEASE.countersign(context.identity(), lease.envelope());
      LeaseRow row =
          LeaseRow.newBuilder()
              .setLeaseId(terms.leaseId())
              .setRole(LeaseRole.LEASE_ROLE_PROVIDER)
              .setState(LeaseState.LEASE_STATE_AGREED)
              .setQuote(lease.message().getQuote())
              .setConsumerLease(lease.envelope())
              .setProviderLease(countersigned)
              .build();
      context
          .writes()
          .write(
              List.of(
                  LeaseEntries.agreed(
                      LeaseRole.LEASE_ROLE_PROVIDER, lease.envelope(), countersigned)),
              LeaseRows.create(row));
      ProviderLease opened =
          leases.computeIfAbsent(terms.leaseId(), _ -> new ProviderLease(context, row));
      agreed = true;
      return new Agreed(countersigned, opened.status());
    } finally {
      if (!agreed) {
        desk.restore(terms.leaseId());
      }
    }
  }

  private static Agreed agreedBefore(ProviderLease before, SignedEnvelope envelope)
      throws RefusalException {
    LeaseRow row = before.row();
    if (!row.getConsumerLease().equals(envelope)) {
      throw new RefusalException(Reason.WRONG_STATE, "this quote was agreed on other terms");
    }
    return new Agreed(row.getProviderLease(), before.status());
  }

  private static Signed<Lease> open(SignedEnvelope envelope) throws RefusalException {
    try {
      return EnvelopeKind.LEASE.open(envelope);
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static void requireQuoted(Lease lease, RequestQuoteRequest quoted)
      throws RefusalException {
    try {
      WorkloadSpecs.check(lease.getWorkload());
    } catch (IllegalArgumentException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
    Resources wanted = lease.getWorkload().getResources();
    Resources held = quoted.getResources();
    if (lease.getWorkload().getRuntime() != quoted.getRuntime()
        || wanted.getCpuMillis() > held.getCpuMillis()
        || wanted.getMemoryMib() > held.getMemoryMib()
        || wanted.getDiskMib() > held.getDiskMib()) {
      throw new RefusalException(Reason.INVALID, "the workload asks for more than was quoted");
    }
  }

  /** Starts the workload of an agreed lease; answers as soon as the start is under way. */
  public LeaseStatus start(NodeId consumer, String leaseId, List<LeasedGpu> gpus)
      throws RefusalException {
    requireOpen();
    return lease(consumer, leaseId).start(gpus);
  }

  /** Countersigns more time. */
  public Agreed extend(NodeId consumer, SignedEnvelope envelope) throws RefusalException {
    requireOpen();
    Signed<LeaseExtension> extension;
    try {
      extension = EnvelopeKind.LEASE_EXTENSION.open(envelope);
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
    if (!extension.signer().equals(consumer)) {
      throw new RefusalException(Reason.NOT_YOURS, "this extension is not signed by the caller");
    }
    if (!Base32.isId(extension.message().getRequestId())) {
      throw new RefusalException(Reason.INVALID, "a request id has 26 characters of base32");
    }
    ProviderLease lease = lease(consumer, extension.message().getLeaseId());
    long most =
        offers
            .apply(lease.terms().quote().getOfferId())
            .map(OfferTerms::maxDurationMillis)
            .orElse(ExtensionCheck.NOT_OFFERED);
    SignedEnvelope countersigned =
        lease.extend(extension, Math.min(most, LeaseLimits.MAX_DURATION_MILLIS));
    return new Agreed(countersigned, lease.status());
  }

  /** Ends a lease at its consumer's wish; answers with the final usage on disk. */
  public LeaseStatus close(NodeId consumer, String leaseId, CloseReason reason)
      throws RefusalException {
    if (reason != CloseReason.CLOSE_REASON_CONSUMER
        && reason != CloseReason.CLOSE_REASON_DISPUTED) {
      throw new RefusalException(
          Reason.INVALID, "a consumer closes for CONSUMER or DISPUTED, not for " + reason);
    }
    return lease(consumer, leaseId)
        .closeNow(
            Closing.because(
                reason,
                reason == CloseReason.CLOSE_REASON_CONSUMER
                    ? "the consumer closed the lease"
                    : "the consumer disputes the usage"));
  }

  /** Ends a lease at this node's owner's wish. */
  public LeaseView closeOwn(String leaseId) throws RefusalException {
    ProviderLease lease = find(leaseId).orElseThrow(ProviderLeases::noSuchLease);
    lease.closeNow(
        Closing.because(CloseReason.CLOSE_REASON_PROVIDER, "the provider closed the lease"));
    return lease.view();
  }

  public LeaseStatus status(NodeId consumer, String leaseId) throws RefusalException {
    return lease(consumer, leaseId).status();
  }

  /** Joins the settlement of a lease; leave it when the stream ends. */
  public Settling settle(NodeId consumer, String leaseId, SettleListener listener)
      throws RefusalException {
    ProviderLease lease = lease(consumer, leaseId);
    lease.listen(listener);
    return new Settling(lease, listener);
  }

  /** Shows a workload's output; blocks until it ends, or the thread is interrupted. */
  public void streamLogs(
      NodeId consumer, String leaseId, boolean follow, int tailLines, LogSink sink)
      throws RefusalException {
    Workload workload =
        lease(consumer, leaseId)
            .workload()
            .orElseThrow(
                () -> new RefusalException(Reason.WRONG_STATE, "there are no logs of this lease"));
    try {
      workload.streamLogs(follow, tailLines, sink);
    } catch (WorkloadException e) {
      throw new RefusalException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /** Every lease of this side that is open; closed ones too where wanted. */
  public List<LeaseView> views(boolean includeClosed) {
    List<LeaseRow> rows =
        includeClosed
            ? LeaseRows.loadAll(ledger, LeaseRole.LEASE_ROLE_PROVIDER)
            : LeaseRows.loadOpen(ledger, LeaseRole.LEASE_ROLE_PROVIDER);
    return rows.stream().map(this::view).toList();
  }

  private LeaseView view(LeaseRow row) {
    ProviderLease open = leases.get(row.getLeaseId());
    return open == null ? LeaseViews.view(row) : open.view();
  }

  public int openCount() {
    return (int) leases.values().stream().filter(lease -> LeaseRows.isOpen(lease.row())).count();
  }

  /** Does what is due by now. */
  public void tick() {
    desk.dropOver();
    if (!unseen.isEmpty()) {
      context.surroundings().executor().execute(this::lookAgain);
    }
    leases
        .values()
        .removeIf(
            lease -> {
              context.surroundings().executor().execute(lease::tick);
              return lease.forget();
            });
  }

  /**
   * Ends all leases at once for the end of the node, and gives their last vouchers a moment to
   * come; waits at most so long. What is not paid up by then is settled after the next start.
   */
  public void shutdown(Duration most) {
    ending = true;
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (ProviderLease lease : leases.values()) {
      if (LeaseRows.isOpen(lease.row())) {
        ends.add(
            CompletableFuture.runAsync(() -> end(lease), context.surroundings().executor())
                .thenCompose(
                    _ ->
                        lease
                            .closed()
                            .copy()
                            .completeOnTimeout(null, LAST_VOUCHER_MILLIS, TimeUnit.MILLISECONDS)));
      }
    }
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    leases.values().forEach(ProviderLease::removeRemains);
  }

  private static void end(ProviderLease lease) {
    try {
      lease.closeNow(Closing.shutdown());
    } catch (RefusalException e) {
      log.warn("Lease {}: {}", lease.terms().leaseId(), e.sentence());
    }
  }

  private List<Resources> openResources() {
    return leases.values().stream()
        .filter(lease -> LeaseRows.isOpen(lease.row()))
        .map(lease -> lease.spec().getResources())
        .toList();
  }

  private int unstarted(NodeId consumer) {
    return (int)
        leases.values().stream()
            .filter(lease -> lease.row().getState() == LeaseState.LEASE_STATE_AGREED)
            .filter(lease -> lease.terms().consumer().equals(consumer))
            .count();
  }

  private ProviderLease lease(NodeId consumer, String leaseId) throws RefusalException {
    ProviderLease lease = find(leaseId).orElseThrow(ProviderLeases::noSuchLease);
    if (!lease.terms().consumer().equals(consumer)) {
      throw noSuchLease();
    }
    return lease;
  }

  private Optional<ProviderLease> find(String leaseId) {
    if (!Base32.isId(leaseId)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        leases.computeIfAbsent(
            leaseId,
            id ->
                LeaseRows.load(ledger, LeaseRole.LEASE_ROLE_PROVIDER, id)
                    .map(row -> new ProviderLease(context, row))
                    .orElse(null)));
  }

  private void requireOpen() throws RefusalException {
    if (ending) {
      throw new RefusalException(Reason.UNAVAILABLE, "this node is about to end");
    }
  }

  private static RefusalException noSuchLease() {
    return new RefusalException(Reason.NOT_FOUND, "there is no such lease of yours");
  }

  /** A countersigned envelope and where the lease stands. */
  public record Agreed(SignedEnvelope countersigned, LeaseStatus status) {}

  /** A consumer's place in the settlement of one lease. */
  public static final class Settling implements AutoCloseable {
    private final ProviderLease lease;
    private final SettleListener listener;

    private Settling(ProviderLease lease, SettleListener listener) {
      this.lease = lease;
      this.listener = listener;
    }

    /** The answer comes to the listener. */
    public void voucher(SignedEnvelope voucher) {
      lease.voucher(voucher, listener);
    }

    @Override
    public void close() {
      lease.leave(listener);
    }
  }
}
