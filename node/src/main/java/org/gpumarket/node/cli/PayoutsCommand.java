package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.settlement.Balances;
import org.gpumarket.node.settlement.PayoutViews;
import org.gpumarket.v1.Balance;
import org.gpumarket.v1.ListBalancesRequest;
import org.gpumarket.v1.ListBalancesResponse;
import org.gpumarket.v1.PayoutView;
import picocli.CommandLine.Command;

@Command(
    name = "payouts",
    description =
        "Show who owes what, and the payments that were recorded. Works with and without a running"
            + " node.",
    footer = {"", "Example:", "  gpumarket payouts"})
final class PayoutsCommand extends PrintingCommand {
  @Override
  public Integer call() throws LedgerException {
    ListBalancesResponse answer =
        askNodeOrLedger(
            node -> node.listBalances(ListBalancesRequest.getDefaultInstance()),
            ledger ->
                ListBalancesResponse.newBuilder()
                    .addAllBalances(new Balances(ledger).all())
                    .addAllPayouts(PayoutViews.all(ledger, ledger.owner()))
                    .build());
    if (json()) {
      System.out.println(Json.of(answer));
      return 0;
    }
    if (answer.getBalancesCount() == 0) {
      System.out.println("Nobody owes anybody anything.");
    }
    answer.getBalancesList().forEach(balance -> System.out.println(sentence(balance)));
    if (answer.getPayoutsCount() > 0) {
      Table table = new Table("REFERENCE", "PAYER", "PAYEE", ">AMOUNT", "PAID", "STATE");
      for (PayoutView payout : answer.getPayoutsList()) {
        table.row(
            payout.getReference(),
            Show.id(payout.getPayer()),
            Show.id(payout.getPayee()),
            Show.money(payout.getAmount()),
            Show.time(payout.getPayTimeUnixMs()),
            payout.getState());
      }
      table.print(System.out);
    }
    return 0;
  }

  /** What stands between this node and one other. */
  static String sentence(Balance balance) {
    List<String> parts = new ArrayList<>();
    String who = Show.id(balance.getCounterparty());
    if (balance.getRevenueMicros() > 0) {
      parts.add(amount(balance.getRevenueMicros(), balance) + " earned from " + who);
      parts.add(amount(balance.getReceivableMicros(), balance) + " of it not yet paid to you");
    }
    if (balance.getExpenseMicros() > 0) {
      parts.add(amount(balance.getExpenseMicros(), balance) + " spent with " + who);
      parts.add(amount(balance.getPayableMicros(), balance) + " of it not yet confirmed as paid");
    }
    if (balance.getInTransitMicros() > 0) {
      parts.add(amount(balance.getInTransitMicros(), balance) + " on its way to " + who);
    }
    return parts.isEmpty() ? who + ": nothing owed" : String.join(", ", parts);
  }

  private static String amount(long micros, Balance balance) {
    return Show.micros(micros) + " " + balance.getCurrencyCode();
  }
}
