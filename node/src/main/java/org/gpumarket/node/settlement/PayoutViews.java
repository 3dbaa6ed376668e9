package org.gpumarket.node.settlement;

import java.util.List;
import org.gpumarket.ledger.ReadableLedger;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutRow;
import org.gpumarket.v1.PayoutView;

/** Payouts as their owner sees them. Pure. */
public final class PayoutViews {
  private PayoutViews() {}

  /**
   * All that a ledger knows of.
   *
   * @param owner whose ledger it is
   */
  public static List<PayoutView> all(ReadableLedger ledger, NodeId owner) {
    return PayoutRows.loadAll(ledger).stream().map(row -> of(row, owner)).toList();
  }

  static PayoutView of(PayoutRow row, NodeId owner) {
    Payout payout = PayoutRows.payout(row);
    return PayoutView.newBuilder()
        .setPayer(payout.getPayer())
        .setPayee(payout.getPayee())
        .setAmount(payout.getAmount())
        .setRail(payout.getRail())
        .setReference(payout.getReference())
        .setPayTimeUnixMs(payout.getPayTimeUnixMs())
        .setState(state(row, payout, owner))
        .build();
  }

  private static String state(PayoutRow row, Payout payout, NodeId owner) {
    if (row.hasConfirmation()) {
      return PayoutRows.confirmation(row).getReceived() ? "confirmed" : "refused";
    }
    if (payout.getPayee().equals(owner.text())) {
      return "claimed";
    }
    return row.getDelivered() ? "delivered" : "sent";
  }
}
