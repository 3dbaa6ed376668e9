package org.gpumarket.ledger.books;

import java.util.List;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.BookedPayout;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutConfirmation;
import org.gpumarket.v1.PayoutConfirmed;
import org.gpumarket.v1.PayoutRecorded;
import org.gpumarket.v1.Transfer;

/** The rules for money that moved outside the program. */
final class PayoutRules {
  /** Longest reference of a rail, in characters (payout.proto). */
  private static final int MAX_REFERENCE_CHARS = 128;

  private final NodeId owner;
  private final EnvelopeReader reader;

  PayoutRules(NodeId owner, EnvelopeReader reader) {
    this.owner = owner;
    this.reader = reader;
  }

  List<Transfer> recorded(PayoutRecorded event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Signed<Payout> signed = reader.read(EnvelopeKind.PAYOUT, event.getPayout());
    Payout payout = signed.message();
    require(signed.signer().text().equals(payout.getPayer()), "not the payer signed the payout");
    require(!payout.getPayer().equals(payout.getPayee()), "a payout to oneself");
    require(payout.getAmount().getAmountMicros() > 0, "a payout of nothing");
    require(
        !payout.getReference().isEmpty() && payout.getReference().length() <= MAX_REFERENCE_CHARS,
        "a payout's reference has 1 to " + MAX_REFERENCE_CHARS + " characters");
    require(
        payout.getReference().chars().noneMatch(Character::isISOControl)
            && payout.getRail().matches("[a-z0-9-]{1,32}"),
        "a payout's rail is a short name and its reference one line");
    require(
        books.payout(name(payout)).isEmpty(),
        "this payer's payment with the reference " + payout.getReference() + " counts already");
    require(owns(payout.getPayer()) || owns(payout.getPayee()), "a payout between others");
    books.put(
        name(payout),
        BookedPayout.newBuilder()
            .setPayoutSha256(PostingRules.sha256(event.getPayout().getPayload()))
            .build());
    if (owns(payout.getPayee())) {
      return List.of();
    }
    Accounting accounts = new Accounting(payout);
    requireOwed(payout, books, accounts);
    return List.of(accounts.move(accounts.inTransit(), accounts.cash()));
  }

  List<Transfer> confirmed(PayoutConfirmed event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Payout payout = reader.read(EnvelopeKind.PAYOUT, event.getPayout()).message();
    Signed<PayoutConfirmation> confirmation =
        reader.read(EnvelopeKind.PAYOUT_CONFIRMATION, event.getConfirmation());
    BookedPayout booked =
        books
            .payout(name(payout))
            .orElseThrow(() -> new RefusedEntryException("no such payout stands in the ledger"));
    require(
        booked.getPayoutSha256().equals(PostingRules.sha256(event.getPayout().getPayload()))
            && booked.getPayoutSha256().equals(confirmation.message().getPayoutSha256()),
        "the confirmation is for another payout");
    require(
        confirmation.signer().text().equals(payout.getPayee()),
        "not the payee signed the confirmation");
    require(!booked.getDecided(), "this payout is confirmed or refused already");
    books.put(name(payout), booked.toBuilder().setDecided(true).build());
    Accounting accounts = new Accounting(payout);
    boolean received = confirmation.message().getReceived();
    if (owns(payout.getPayee())) {
      return received ? List.of(accounts.move(accounts.cash(), accounts.receivable())) : List.of();
    }
    return List.of(
        received
            ? accounts.move(accounts.payable(), accounts.inTransit())
            : accounts.move(accounts.cash(), accounts.inTransit()));
  }

  private static void requireOwed(Payout payout, Books books, Accounting accounts)
      throws RefusedEntryException {
    long payable = balance(accounts.payable(), books);
    long underWay = balance(accounts.inTransit(), books);
    require(
        payout.getAmount().getAmountMicros() <= payable - underWay,
        "a payout of "
            + payout.getAmount().getAmountMicros()
            + " micros where "
            + (payable - underWay)
            + " are owed and not yet paid");
  }

  private static long balance(Account account, Books books) {
    return Accounts.balanceMicros(account, books.totals(account));
  }

  private boolean owns(String node) {
    return owner.text().equals(node);
  }

  /** Rail, payer and reference: one payment. No part holds a line end. */
  private static String name(Payout payout) {
    return payout.getPayer() + "\n" + payout.getRail() + "\n" + payout.getReference();
  }

  private static void require(boolean holds, String otherwise) throws RefusedEntryException {
    if (!holds) {
      throw new RefusedEntryException(otherwise);
    }
  }

  /** The accounts that one payout touches. */
  private record Accounting(Payout payout) {
    Account payable() {
      return Accounts.payable(NodeId.parse(payout.getPayee()), currency());
    }

    Account inTransit() {
      return Accounts.inTransit(NodeId.parse(payout.getPayee()), currency());
    }

    Account receivable() {
      return Accounts.receivable(NodeId.parse(payout.getPayer()), currency());
    }

    Account cash() {
      return Accounts.cash(payout.getRail(), currency());
    }

    Transfer move(Account debit, Account credit) {
      return Transfer.newBuilder()
          .setDebit(debit)
          .setCredit(credit)
          .setAmountMicros(payout.getAmount().getAmountMicros())
          .build();
    }

    private String currency() {
      return payout.getAmount().getCurrencyCode();
    }
  }
}
