package org.gpumarket.node.daemon;

import io.grpc.BindableService;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.lease.ConsumerLeases;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.settlement.Balances;
import org.gpumarket.node.settlement.Earnings;
import org.gpumarket.node.settlement.GrpcPayeeLink;
import org.gpumarket.node.settlement.PayoutGrpcService;
import org.gpumarket.node.settlement.Payouts;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.Balance;
import org.gpumarket.v1.ConfirmPayoutRequest;
import org.gpumarket.v1.LeaseEarning;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.PayoutView;
import org.gpumarket.v1.RecordPayoutRequest;

/** The owner's accounts: what is owed, what was paid, what was earned. Safe for several threads. */
final class Settlement {
  private final Executor executor;
  private final Balances balances;
  private final Earnings earnings;
  private final Payouts payouts;
  private final AtomicBoolean delivering = new AtomicBoolean();

  Settlement(
      SigningKey identity,
      Ledger ledger,
      OfferBoard board,
      ConsumerLeases taken,
      PeerConnections connections,
      InstantSource clock,
      Executor executor) {
    this.executor = executor;
    this.balances = new Balances(ledger);
    this.earnings = new Earnings(ledger);
    this.payouts =
        new Payouts(
            identity,
            ledger,
            new GrpcPayeeLink(connections, payee -> addresses(payee, board, taken)),
            clock,
            System::nanoTime);
  }

  BindableService service() {
    return new PayoutGrpcService(payouts, executor);
  }

  /** Tells payees what they have not heard yet; a payee that is slow holds up nobody else. */
  void tick() {
    var _ = deliver();
  }

  /** Ends when payees have been told, at once where that goes on already. */
  private CompletableFuture<Void> deliver() {
    if (!delivering.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> told = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            payouts.deliver();
          } finally {
            delivering.set(false);
            told.complete(null);
          }
        });
    return told;
  }

  List<Balance> balances() {
    return balances.all();
  }

  /** What was paid; payees who have not answered yet are asked anew, and have a second for it. */
  List<PayoutView> payouts() {
    payouts.askAnew();
    deliver().completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
    return payouts.views();
  }

  List<LeaseEarning> earnings(long startUnixMillis, long endUnixMillis) {
    return earnings.between(startUnixMillis, endUnixMillis);
  }

  PayoutView record(RecordPayoutRequest request) throws RefusalException {
    return payouts.record(payee(request.getPayee()), request.getAmount(), request.getReference());
  }

  PayoutView confirm(ConfirmPayoutRequest request) throws RefusalException {
    return payouts.confirm(
        request.getReference(),
        request.getPayer(),
        request.getReceived() ? Payouts.Decision.RECEIVED : Payouts.Decision.NOT_RECEIVED,
        request.getNote());
  }

  /** The node of this id, or the one that this node deals with whose id begins so. */
  private NodeId payee(String text) throws RefusalException {
    TreeSet<String> meant =
        balances.all().stream()
            .map(Balance::getCounterparty)
            .filter(id -> !text.isEmpty() && id.startsWith(text))
            .collect(Collectors.toCollection(TreeSet::new));
    if (meant.size() != 1) {
      throw new RefusalException(
          Reason.NOT_FOUND,
          meant.isEmpty()
              ? "this node owes nobody whose id begins with '" + text + "'"
              : "'" + text + "' begins " + meant.size() + " ids: say more of it");
    }
    return NodeId.parse(meant.first());
  }

  /** Where its offers say it is, and where it was when it was last dealt with. */
  private static List<String> addresses(NodeId payee, OfferBoard board, ConsumerLeases taken) {
    return Stream.concat(
            board.addressesOf(payee).stream(),
            taken.views(true).stream()
                .filter(lease -> lease.getCounterparty().equals(payee.text()))
                .map(LeaseView::getCounterpartyAddress)
                .filter(address -> !address.isEmpty()))
        .distinct()
        .toList();
  }
}
