package org.gpumarket.ledger.books;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.BookedLease;
import org.gpumarket.v1.BookedPayout;
import org.gpumarket.v1.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * Accounts, leases and payouts as they stand after some entries.
 *
 * <p>A draft on top of other books keeps its changes to itself until {@link #keep}: so an entry, a
 * commit or a whole group can be tried and dropped. Used by one thread at a time.
 */
public final class Books {
  private final @Nullable Books below;
  private final Map<Account, Totals> accounts = new LinkedHashMap<>();
  private final Map<String, BookedLease> leases = new LinkedHashMap<>();
  private final Map<String, BookedPayout> payouts = new LinkedHashMap<>();
  private @Nullable ByteString logKey;

  private Books(@Nullable Books below) {
    this.below = below;
  }

  /** Books in which nothing was ever written. */
  public static Books empty() {
    return new Books(null);
  }

  /** Changes to these books that are not theirs yet. */
  public Books draft() {
    return new Books(this);
  }

  /** Puts a draft's changes into the books below it. */
  public void keep() {
    Books into = java.util.Objects.requireNonNull(below, "only a draft is kept");
    into.accounts.putAll(accounts);
    into.leases.putAll(leases);
    into.payouts.putAll(payouts);
    if (logKey != null) {
      into.logKey = logKey;
    }
  }

  public Totals totals(Account account) {
    Totals own = accounts.get(account);
    if (own != null) {
      return own;
    }
    return below == null ? Totals.ZERO : below.totals(account);
  }

  public Optional<BookedLease> lease(String leaseId) {
    BookedLease own = leases.get(leaseId);
    if (own != null) {
      return Optional.of(own);
    }
    return below == null ? Optional.empty() : below.lease(leaseId);
  }

  Optional<BookedPayout> payout(String name) {
    BookedPayout own = payouts.get(name);
    if (own != null) {
      return Optional.of(own);
    }
    return below == null ? Optional.empty() : below.payout(name);
  }

  /** The public key that signs checkpoints now, once one was introduced. */
  public Optional<ByteString> logKey() {
    if (logKey != null) {
      return Optional.of(logKey);
    }
    return below == null ? Optional.empty() : below.logKey();
  }

  /** Puts back what was stored, without asking any rule. */
  public void restore(Account account, Totals totals) {
    accounts.put(account, totals);
  }

  public void restoreLease(String leaseId, BookedLease lease) {
    leases.put(leaseId, lease);
  }

  public void restorePayout(String name, BookedPayout payout) {
    payouts.put(name, payout);
  }

  public void restoreLogKey(ByteString key) {
    logKey = key;
  }

  /** The accounts that these books, or this draft alone, have written. */
  public Map<Account, Totals> accounts() {
    return Collections.unmodifiableMap(accounts);
  }

  /** The leases that these books, or this draft alone, have written, by their ids. */
  public Map<String, BookedLease> leases() {
    return Collections.unmodifiableMap(leases);
  }

  /** The payouts that these books, or this draft alone, have written, by their names. */
  public Map<String, BookedPayout> payouts() {
    return Collections.unmodifiableMap(payouts);
  }

  /**
   * Moves money.
   *
   * @throws RefusedEntryException when an account would leave its range or overflow
   */
  void move(Transfer transfer) throws RefusedEntryException {
    try {
      change(transfer.getDebit(), totals(transfer.getDebit()).debited(transfer.getAmountMicros()));
      change(
          transfer.getCredit(), totals(transfer.getCredit()).credited(transfer.getAmountMicros()));
    } catch (ArithmeticException _) {
      throw new RefusedEntryException("an account would hold more than 63 bits can count");
    }
  }

  private void change(Account account, Totals totals) throws RefusedEntryException {
    if (!Accounts.mayBeNegative(account) && Accounts.balanceMicros(account, totals) < 0) {
      throw new RefusedEntryException(
          "the account "
              + account
                  .getKind()
                  .name()
                  .substring("ACCOUNT_KIND_".length())
                  .toLowerCase(java.util.Locale.ROOT)
              + " would fall below zero by "
              + Math.negateExact(Accounts.balanceMicros(account, totals))
              + " micros");
    }
    accounts.put(account, totals);
  }

  void put(String leaseId, BookedLease lease) {
    leases.put(leaseId, lease);
  }

  void put(String name, BookedPayout payout) {
    payouts.put(name, payout);
  }

  void introduce(ByteString key) {
    logKey = key;
  }
}
