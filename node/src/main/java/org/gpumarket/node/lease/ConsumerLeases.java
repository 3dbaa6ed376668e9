package org.gpumarket.node.lease;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.StreamLogsRequest;

/**
 * All leases that this node has taken.
 *
 * <p>Guarantees: a workload that is deployed twice under one request id gets one lease; a lease
 * that this node has signed is never forgotten before it is known to be closed or never agreed; no
 * voucher goes out that is not on disk. Safe for use by several threads; {@link #tick} is to be
 * called a few times a second and moves everything that waits for time.
 */
public final class ConsumerLeases {
  private final ConsumerContext context;
  private final Ledger ledger;
  private final Function<SearchOffersRequest, SearchOffersResponse> market;
  private final Map<String, ConsumerLease> leases = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Void>> deploying = new ConcurrentHashMap<>();

  /**
   * Reads the leases of the ledger; they go on with the first {@link #tick}.
   *
   * @param market searches the offers that this node knows
   * @param providers the way to them
   */
  public ConsumerLeases(
      SigningKey identity,
      Ledger ledger,
      Function<SearchOffersRequest, SearchOffersResponse> market,
      Providers providers,
      LeaseSurroundings surroundings) {
    this.ledger = ledger;
    this.market = market;
    this.context =
        new ConsumerContext(
            identity,
            new DurableWrites(ledger),
            providers,
            surroundings,
            leaseId -> LeaseRows.isKnown(ledger, leaseId),
            row -> leases.remove(row.getLeaseId()));
    for (LeaseRow row : LeaseRows.loadOpen(ledger, LeaseRole.LEASE_ROLE_CONSUMER)) {
      leases.put(row.getLeaseId(), new ConsumerLease(context, row));
    }
  }

  /**
   * Takes a lease for one workload.
   *
   * @param steps hears of each step, one at a time; a request that is repeated hears of the lease
   *     that was taken, or is being taken, before
   * @return completes after the last step
   */
  public CompletableFuture<Void> deploy(DeployOrder order, Consumer<DeployStep> steps) {
    String leaseRequest = DerivedIds.of(order.requestId(), order.workload());
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> other = deploying.putIfAbsent(leaseRequest, done);
    if (other != null) {
      return other.handle((_, _) -> null).thenCompose(_ -> deploy(order, steps));
    }
    // Looked for only by whoever has the request: nobody else can be taking a lease for it now.
    Optional<ConsumerLease> before = byRequest(leaseRequest);
    if (before.isPresent()) {
      ended(leaseRequest, done);
      return follow(before.get(), steps);
    }
    context
        .surroundings()
        .executor()
        .execute(
            () -> {
              try {
                context.writes().requireWritable();
                requireRoom();
                new Deployment(context, market, order, leaseRequest, steps, this::opened)
                    .run()
                    .ifPresentOrElse(
                        lease -> finishWith(follow(lease, steps), done),
                        () -> ended(leaseRequest, done));
              } catch (RefusalException e) {
                steps.accept(new DeployStep.MatchRefused(e.sentence()));
                ended(leaseRequest, done);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                deploying.remove(leaseRequest, done);
                done.completeExceptionally(e);
              } catch (RuntimeException e) {
                deploying.remove(leaseRequest, done);
                done.completeExceptionally(e);
                throw e;
              } finally {
                deploying.remove(leaseRequest, done);
              }
            });
    return done;
  }

  /** Forgotten first: whoever waits for it asks again in the moment that it completes. */
  private void ended(String leaseRequest, CompletableFuture<Void> done) {
    deploying.remove(leaseRequest, done);
    done.complete(null);
  }

  private static void finishWith(CompletableFuture<Void> last, CompletableFuture<Void> done) {
    var _ = last.whenComplete((_, _) -> done.complete(null));
  }

  private void requireRoom() throws RefusalException {
    if (leases.size() >= LeaseLimits.OPEN_LEASES) {
      throw new RefusalException(
          Reason.EXHAUSTED, "this node has " + LeaseLimits.OPEN_LEASES + " open leases");
    }
  }

  private void opened(ConsumerLease lease) {
    leases.put(lease.terms().leaseId(), lease);
    lease.tick();
  }

  private Optional<ConsumerLease> byRequest(String leaseRequest) {
    return LeaseRows.loadSigned(ledger, leaseRequest)
        .filter(ConsumerLeases::isWanted)
        .map(this::of);
  }

  /** Not a lease that was given up for the next match before it was known to be agreed. */
  private static boolean isWanted(LeaseRow row) {
    return row.getState() != LeaseState.LEASE_STATE_RESERVED
        || row.getCloseReason() == CloseReason.CLOSE_REASON_UNSPECIFIED;
  }

  private ConsumerLease of(LeaseRow row) {
    return Optional.ofNullable(leases.get(row.getLeaseId()))
        .orElseGet(() -> new ConsumerLease(context, row));
  }

  private CompletableFuture<Void> follow(ConsumerLease lease, Consumer<DeployStep> steps) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Consumer<LeaseView> follower =
        view -> {
          if (!done.isDone()) {
            steps.accept(new DeployStep.LeaseMoved(view));
            if (isLast(view)) {
              done.complete(null);
            }
          }
        };
    lease.follow(follower);
    return done.whenComplete((_, _) -> lease.unfollow(follower));
  }

  private static boolean isLast(LeaseView view) {
    return view.getStatus().getState().getNumber() >= LeaseState.LEASE_STATE_RUNNING.getNumber();
  }

  /** The leases of this side, newest first; closed ones too where wanted. */
  public List<LeaseView> views(boolean includeClosed) {
    List<LeaseRow> rows =
        includeClosed
            ? LeaseRows.loadAll(ledger, LeaseRole.LEASE_ROLE_CONSUMER)
            : LeaseRows.loadOpen(ledger, LeaseRole.LEASE_ROLE_CONSUMER);
    return rows.stream()
        .map(this::view)
        .sorted((a, b) -> Long.compare(b.getAgreeTimeUnixMs(), a.getAgreeTimeUnixMs()))
        .toList();
  }

  private LeaseView view(LeaseRow row) {
    ConsumerLease open = leases.get(row.getLeaseId());
    return open == null ? LeaseViews.view(row) : open.view();
  }

  public int openCount() {
    return leases.size();
  }

  /**
   * Ends a lease, at once here and as soon as the provider hears of it there.
   *
   * @return the lease as it was written; following it shows the rest
   */
  public LeaseView close(String leaseId) throws RefusalException {
    ConsumerLease lease = lease(leaseId);
    lease.close(CloseReason.CLOSE_REASON_CONSUMER, "closed by its consumer");
    return lease.view();
  }

  /** Completes when the lease is closed and settled or given up. */
  public CompletableFuture<LeaseView> closed(String leaseId) throws RefusalException {
    ConsumerLease lease = lease(leaseId);
    CompletableFuture<LeaseView> done = new CompletableFuture<>();
    Consumer<LeaseView> follower =
        view -> {
          if (view.getStatus().getState() == LeaseState.LEASE_STATE_CLOSED) {
            done.complete(view);
          }
        };
    lease.follow(follower);
    return done.whenComplete((_, _) -> lease.unfollow(follower));
  }

  /**
   * Makes a lease longer.
   *
   * @param requestId makes it safe to repeat
   */
  public LeaseView extend(String leaseId, String requestId, long additionalMillis)
      throws RefusalException {
    if (!Base32.isId(requestId)
        || additionalMillis < 1
        || additionalMillis > LeaseLimits.MAX_DURATION_MILLIS) {
      throw new RefusalException(Reason.INVALID, "an extension is of 1 ms to 30 days");
    }
    ConsumerLease lease = lease(leaseId);
    if (!LeaseRows.isOpen(lease.row())) {
      throw new RefusalException(Reason.WRONG_STATE, "the lease has ended");
    }
    if (lease.row().getExtensionRequestIdsList().contains(requestId)) {
      return lease.view();
    }
    return lease.extend(requestId, additionalMillis);
  }

  /** Shows a workload's output; blocks until it ends or the thread is interrupted. */
  public void streamLogs(String leaseId, boolean follow, int tailLines, LogSink sink)
      throws RefusalException {
    lease(leaseId)
        .link()
        .streamLogs(
            StreamLogsRequest.newBuilder()
                .setLeaseId(leaseId)
                .setFollow(follow)
                .setTailLines(tailLines)
                .build(),
            sink);
  }

  /** Does what is due by now. */
  public void tick() {
    leases
        .values()
        .removeIf(
            lease -> {
              lease.tick();
              return lease.isOver();
            });
  }

  /** Leaves the providers alone; leases go on, and this node comes back to them. */
  public void shutdown() {
    leases.values().forEach(ConsumerLease::detach);
  }

  private ConsumerLease lease(String leaseId) throws RefusalException {
    ConsumerLease open = leases.get(leaseId);
    if (open != null) {
      return open;
    }
    return LeaseRows.load(ledger, LeaseRole.LEASE_ROLE_CONSUMER, leaseId)
        .map(row -> new ConsumerLease(context, row))
        .orElseThrow(() -> new RefusalException(Reason.NOT_FOUND, "there is no such lease"));
  }
}
