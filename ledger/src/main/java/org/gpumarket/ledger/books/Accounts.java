package org.gpumarket.ledger.books;

import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.AccountKind;

/** How the accounts of the books are named. */
public final class Accounts {
  private Accounts() {}

  public static Account receivable(NodeId counterparty, String currency) {
    return byCounterparty(AccountKind.ACCOUNT_KIND_RECEIVABLE, counterparty, currency);
  }

  public static Account payable(NodeId counterparty, String currency) {
    return byCounterparty(AccountKind.ACCOUNT_KIND_PAYABLE, counterparty, currency);
  }

  public static Account inTransit(NodeId counterparty, String currency) {
    return byCounterparty(AccountKind.ACCOUNT_KIND_IN_TRANSIT, counterparty, currency);
  }

  public static Account revenue(NodeId counterparty, String leaseId, String currency) {
    return receivable(counterparty, currency).toBuilder()
        .setKind(AccountKind.ACCOUNT_KIND_REVENUE)
        .setLeaseId(leaseId)
        .build();
  }

  public static Account expense(NodeId counterparty, String leaseId, String currency) {
    return receivable(counterparty, currency).toBuilder()
        .setKind(AccountKind.ACCOUNT_KIND_EXPENSE)
        .setLeaseId(leaseId)
        .build();
  }

  public static Account cash(String rail, String currency) {
    return Account.newBuilder()
        .setKind(AccountKind.ACCOUNT_KIND_CASH)
        .setCurrencyCode(currency)
        .setRail(rail)
        .build();
  }

  /**
   * What the account holds in its own direction: debits less credits for assets and expenses,
   * credits less debits for liabilities and revenue.
   */
  public static long balanceMicros(Account account, Totals totals) {
    long debitBalance = Math.subtractExact(totals.debits(), totals.credits());
    return growsByDebit(account.getKind()) ? debitBalance : Math.negateExact(debitBalance);
  }

  /** Cash counts only what the ledger saw move, so it may stand below zero; nothing else may. */
  static boolean mayBeNegative(Account account) {
    return account.getKind() == AccountKind.ACCOUNT_KIND_CASH;
  }

  private static boolean growsByDebit(AccountKind kind) {
    return switch (kind) {
      case ACCOUNT_KIND_RECEIVABLE,
          ACCOUNT_KIND_EXPENSE,
          ACCOUNT_KIND_CASH,
          ACCOUNT_KIND_IN_TRANSIT ->
          true;
      case ACCOUNT_KIND_REVENUE, ACCOUNT_KIND_PAYABLE -> false;
      case ACCOUNT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("an account of no kind");
    };
  }

  private static Account byCounterparty(AccountKind kind, NodeId counterparty, String currency) {
    return Account.newBuilder()
        .setKind(kind)
        .setCurrencyCode(currency)
        .setCounterparty(counterparty.text())
        .build();
  }
}
