package org.gpumarket.node.settlement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.ReadableLedger;
import org.gpumarket.ledger.books.Accounts;
import org.gpumarket.ledger.books.Totals;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.AccountKind;
import org.gpumarket.v1.Balance;

/** What stands between this node and each other, from the ledger's accounts alone. */
public final class Balances {
  private final ReadableLedger ledger;

  public Balances(ReadableLedger ledger) {
    this.ledger = ledger;
  }

  /** One for each counterparty and currency that anything ever moved with. */
  public List<Balance> all() {
    Map<String, Balance.Builder> balances = new TreeMap<>();
    for (AccountBalance each : accounts()) {
      Account account = each.getAccount();
      if (account.getKind() == AccountKind.ACCOUNT_KIND_CASH) {
        continue;
      }
      Balance.Builder balance =
          balances.computeIfAbsent(
              account.getCounterparty() + " " + account.getCurrencyCode(),
              _ ->
                  Balance.newBuilder()
                      .setCounterparty(account.getCounterparty())
                      .setCurrencyCode(account.getCurrencyCode()));
      add(
          balance,
          account.getKind(),
          Accounts.balanceMicros(
              account, new Totals(each.getDebitMicros(), each.getCreditMicros())));
    }
    return balances.values().stream().map(Balance.Builder::build).toList();
  }

  private static void add(Balance.Builder balance, AccountKind kind, long micros) {
    switch (kind) {
      case ACCOUNT_KIND_RECEIVABLE ->
          balance.setReceivableMicros(Math.addExact(balance.getReceivableMicros(), micros));
      case ACCOUNT_KIND_PAYABLE ->
          balance.setPayableMicros(Math.addExact(balance.getPayableMicros(), micros));
      case ACCOUNT_KIND_IN_TRANSIT ->
          balance.setInTransitMicros(Math.addExact(balance.getInTransitMicros(), micros));
      case ACCOUNT_KIND_REVENUE ->
          balance.setRevenueMicros(Math.addExact(balance.getRevenueMicros(), micros));
      case ACCOUNT_KIND_EXPENSE ->
          balance.setExpenseMicros(Math.addExact(balance.getExpenseMicros(), micros));
      case ACCOUNT_KIND_CASH, ACCOUNT_KIND_UNSPECIFIED, UNRECOGNIZED -> {}
    }
  }

  /** What this node owes somebody and has not yet sent, in micros. */
  public long unpaid(NodeId payee, String currency) {
    return all().stream()
        .filter(b -> b.getCounterparty().equals(payee.text()))
        .filter(b -> b.getCurrencyCode().equals(currency))
        .mapToLong(b -> b.getPayableMicros() - b.getInTransitMicros())
        .sum();
  }

  /** The currencies in which this node owes somebody anything that it has not yet sent. */
  public List<String> unpaidCurrencies(NodeId payee) {
    List<String> currencies = new ArrayList<>();
    for (Balance balance : all()) {
      if (balance.getCounterparty().equals(payee.text())
          && balance.getPayableMicros() > balance.getInTransitMicros()) {
        currencies.add(balance.getCurrencyCode());
      }
    }
    return currencies;
  }

  /** What a consumer's confirmed payouts add up to, in micros. */
  public long paidBefore(NodeId consumer, String currency) {
    Account receivable = Accounts.receivable(consumer, currency);
    return accounts().stream()
        .filter(balance -> balance.getAccount().equals(receivable))
        .mapToLong(AccountBalance::getCreditMicros)
        .sum();
  }

  /** Whether anything was ever earned from this node. */
  public boolean hasEarnedFrom(NodeId consumer) {
    return accounts().stream()
        .anyMatch(
            balance ->
                balance.getAccount().getKind() == AccountKind.ACCOUNT_KIND_RECEIVABLE
                    && balance.getAccount().getCounterparty().equals(consumer.text()));
  }

  private List<AccountBalance> accounts() {
    try {
      return ledger.balances();
    } catch (LedgerException e) {
      throw new IllegalStateException("the ledger cannot be read", e);
    }
  }
}
