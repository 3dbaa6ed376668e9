package org.gpumarket.node.settlement;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutConfirmation;
import org.gpumarket.v1.PayoutConfirmed;
import org.gpumarket.v1.PayoutRecorded;
import org.gpumarket.v1.PayoutRow;
import org.gpumarket.v1.PayoutView;
import org.gpumarket.v1.SignedEnvelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Money that moved outside the program, on both sides: the payer records it and tells the payee
 * until it answers; the payee's owner confirms that it came, or that it did not.
 *
 * <p>Guarantees: one payment of a payer on a rail counts once, whoever repeats what; both ledgers
 * book the same confirmation. The object's lock orders all changes; the payee is called without it.
 */
public final class Payouts {
  /** The rail of payments made by hand, outside the program (payout.proto). */
  public static final String MANUAL = "manual";

  /** Claims of one payer that may wait for the owner: bounds what a peer can write here. */
  private static final int OPEN_CLAIMS = 16;

  private static final int MAX_REFERENCE_CHARS = 128;
  private static final int MAX_NOTE_CHARS = 256;
  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LONGEST_RETRY_MILLIS = 60_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final Logger log = LoggerFactory.getLogger(Payouts.class);

  private final SigningKey identity;
  private final Ledger ledger;
  private final DurableWrites writes;
  private final Balances balances;
  private final PayeeLink link;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<ByteString, Attempt> attempts = new HashMap<>();

  /**
   * The payouts in a ledger.
   *
   * @param link the way to payees
   * @param nanoTime a monotonic clock for retries, as {@link System#nanoTime}
   */
  public Payouts(
      SigningKey identity,
      Ledger ledger,
      PayeeLink link,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.identity = identity;
    this.ledger = ledger;
    this.writes = new DurableWrites(ledger);
    this.balances = new Balances(ledger);
    this.link = link;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Records a payment by hand that this node's owner has made. Repeating it with the same reference
   * changes nothing.
   *
   * @param amount what was paid; 0 is all that is owed, and an empty currency the only one owed in
   */
  public synchronized PayoutView record(NodeId payee, Money amount, String reference)
      throws RefusalException {
    requireReference(reference);
    Payout.Builder payout =
        Payout.newBuilder()
            .setPayer(identity.nodeId().text())
            .setPayee(payee.text())
            .setRail(MANUAL)
            .setReference(reference)
            .setPayTimeUnixMs(clock.millis());
    Optional<PayoutRow> before = PayoutRows.find(ledger, payout.build());
    if (before.isPresent()) {
      return repeated(before.get(), payee, amount);
    }
    SignedEnvelope envelope =
        EnvelopeKind.PAYOUT.sign(identity, payout.setAmount(owed(payee, amount)).build());
    PayoutRow row = PayoutRow.newBuilder().setPayout(envelope).build();
    writes.write(List.of(recorded(envelope)), PayoutRows.put(row));
    return view(row);
  }

  private PayoutView repeated(PayoutRow before, NodeId payee, Money amount)
      throws RefusalException {
    Payout payout = PayoutRows.payout(before);
    if (!payout.getPayee().equals(payee.text())
        || (!amount.getCurrencyCode().isEmpty()
            && !amount.getCurrencyCode().equals(payout.getAmount().getCurrencyCode()))
        || (amount.getAmountMicros() != 0
            && amount.getAmountMicros() != payout.getAmount().getAmountMicros())) {
      throw new RefusalException(
          Reason.WRONG_STATE,
          "the reference " + payout.getReference() + " names another payout of yours");
    }
    return view(before);
  }

  private Money owed(NodeId payee, Money asked) throws RefusalException {
    if (asked.getAmountMicros() < 0) {
      throw new RefusalException(Reason.INVALID, "a payout is of more than nothing");
    }
    String currency = asked.getCurrencyCode();
    if (currency.isEmpty()) {
      List<String> currencies = balances.unpaidCurrencies(payee);
      if (currencies.size() != 1) {
        throw new RefusalException(
            Reason.WRONG_STATE,
            currencies.isEmpty()
                ? "nothing is owed to " + payee.abbreviated()
                : "say in which currency: " + String.join(", ", currencies));
      }
      currency = currencies.getFirst();
    }
    long unpaid = balances.unpaid(payee, currency);
    long amount = asked.getAmountMicros() == 0 ? unpaid : asked.getAmountMicros();
    if (amount == 0 || amount > unpaid) {
      throw new RefusalException(
          Reason.WRONG_STATE,
          unpaid + " micros of " + currency + " are owed to " + payee.abbreviated());
    }
    return Money.newBuilder().setCurrencyCode(currency).setAmountMicros(amount).build();
  }

  /** A payer says that it has paid this node. Answers with the owner's word, once there is one. */
  public synchronized Optional<SignedEnvelope> submit(NodeId payer, SignedEnvelope envelope)
      throws RefusalException {
    Signed<Payout> signed = open(envelope);
    Payout payout = signed.message();
    if (!signed.signer().equals(payer) || !payout.getPayer().equals(payer.text())) {
      throw new RefusalException(Reason.NOT_YOURS, "this payout is not the caller's");
    }
    if (!payout.getPayee().equals(identity.nodeId().text())) {
      throw new RefusalException(Reason.NOT_YOURS, "this payout is for somebody else");
    }
    Optional<PayoutRow> before = PayoutRows.find(ledger, payout);
    if (before.isPresent()) {
      if (!before.get().getPayout().getPayload().equals(envelope.getPayload())) {
        throw new RefusalException(
            Reason.WRONG_STATE, "this reference was used for another payout before");
      }
      return before.filter(PayoutRow::hasConfirmation).map(PayoutRow::getConfirmation);
    }
    requireReference(payout.getReference());
    if (!balances.hasEarnedFrom(payer)) {
      throw new RefusalException(Reason.WRONG_STATE, "you have never owed this node anything");
    }
    if (openClaims(payer) >= OPEN_CLAIMS) {
      throw new RefusalException(
          Reason.EXHAUSTED, OPEN_CLAIMS + " of your payouts wait to be confirmed already");
    }
    PayoutRow row = PayoutRow.newBuilder().setPayout(envelope).setDelivered(true).build();
    writes.write(List.of(recorded(envelope)), PayoutRows.put(row));
    log.info(
        "Node {} says that it has paid, reference {}", payer.abbreviated(), payout.getReference());
    return Optional.empty();
  }

  private long openClaims(NodeId payer) {
    return PayoutRows.loadAll(ledger).stream()
        .filter(row -> !row.hasConfirmation())
        .filter(row -> PayoutRows.payout(row).getPayer().equals(payer.text()))
        .count();
  }

  private static Signed<Payout> open(SignedEnvelope envelope) throws RefusalException {
    try {
      return EnvelopeKind.PAYOUT.open(envelope);
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The owner's word on a payment that somebody claims to have made.
   *
   * @param payer whose payment, where two have the same reference; empty where one has it
   * @param note why it was not received, for people
   */
  public synchronized PayoutView confirm(
      String reference, String payer, Decision decision, String note) throws RefusalException {
    if (note.length() > MAX_NOTE_CHARS) {
      throw new RefusalException(
          Reason.INVALID, "a note has at most " + MAX_NOTE_CHARS + " characters");
    }
    PayoutRow row = claim(reference, payer);
    boolean received = decision == Decision.RECEIVED;
    if (row.hasConfirmation()) {
      if (PayoutRows.confirmation(row).getReceived() != received) {
        throw new RefusalException(Reason.WRONG_STATE, "you have decided otherwise before");
      }
      return view(row);
    }
    SignedEnvelope confirmation =
        EnvelopeKind.PAYOUT_CONFIRMATION.sign(
            identity,
            PayoutConfirmation.newBuilder()
                .setPayoutSha256(sha256(row))
                .setReceived(received)
                .setConfirmTimeUnixMs(clock.millis())
                .setNote(note)
                .build());
    return decide(row, confirmation);
  }

  private PayoutRow claim(String reference, String payer) throws RefusalException {
    List<PayoutRow> claims =
        PayoutRows.loadAll(ledger).stream()
            .filter(row -> PayoutRows.payout(row).getPayee().equals(identity.nodeId().text()))
            .filter(row -> PayoutRows.payout(row).getReference().equals(reference))
            .filter(row -> PayoutRows.payout(row).getPayer().startsWith(payer))
            .toList();
    if (claims.isEmpty()) {
      throw new RefusalException(Reason.NOT_FOUND, "nobody claims a payout with this reference");
    }
    if (claims.size() > 1) {
      throw new RefusalException(
          Reason.INVALID, claims.size() + " payers used this reference: say which one");
    }
    return claims.getFirst();
  }

  private PayoutView decide(PayoutRow row, SignedEnvelope confirmation) throws RefusalException {
    PayoutRow next = row.toBuilder().setConfirmation(confirmation).setDelivered(true).build();
    LedgerEntry entry =
        LedgerEntry.newBuilder()
            .setPayoutConfirmed(
                PayoutConfirmed.newBuilder()
                    .setPayout(row.getPayout())
                    .setConfirmation(confirmation))
            .build();
    writes.write(List.of(entry), PayoutRows.put(next));
    return view(next);
  }

  /**
   * Tells payees of payouts that are not decided yet, each when its time has come. Blocks while a
   * payee is asked; to be called every second or so, by one thread.
   */
  public void deliver() {
    for (PayoutRow row : PayoutRows.loadAll(ledger)) {
      Payout payout = PayoutRows.payout(row);
      if (!row.hasConfirmation()
          && payout.getPayer().equals(identity.nodeId().text())
          && isDue(row)) {
        try {
          deliver(row, NodeId.parse(payout.getPayee()));
        } catch (RefusalException e) {
          log.debug("Payout {}: {}", payout.getReference(), e.sentence());
        }
      }
    }
  }

  /** Makes every payout that is not decided yet due: its owner wants to know now. */
  public synchronized void askAnew() {
    attempts.clear();
  }

  private synchronized boolean isDue(PayoutRow row) {
    Attempt last = attempts.get(row.getPayout().getPayload());
    if (last != null && nanoTime.getAsLong() - last.nextNanos < 0) {
      return false;
    }
    long wait =
        last == null ? FIRST_RETRY_MILLIS : Math.min(last.waitMillis * 2, LONGEST_RETRY_MILLIS);
    attempts.put(
        row.getPayout().getPayload(),
        new Attempt(nanoTime.getAsLong() + wait * NANOS_PER_MILLI, wait));
    return true;
  }

  private void deliver(PayoutRow row, NodeId payee) throws RefusalException {
    Optional<SignedEnvelope> answer = link.submit(payee, row.getPayout());
    synchronized (this) {
      PayoutRow now = PayoutRows.find(ledger, PayoutRows.payout(row)).orElse(row);
      if (now.hasConfirmation()) {
        return;
      }
      if (answer.isPresent()) {
        requireConfirmation(answer.get(), now, payee);
        var _ = decide(now, answer.get());
        attempts.remove(row.getPayout().getPayload());
      } else if (!now.getDelivered()) {
        writes.write(List.of(), PayoutRows.put(now.toBuilder().setDelivered(true).build()));
      }
    }
  }

  private static void requireConfirmation(SignedEnvelope envelope, PayoutRow row, NodeId payee)
      throws RefusalException {
    try {
      Signed<PayoutConfirmation> signed = EnvelopeKind.PAYOUT_CONFIRMATION.open(envelope);
      if (!signed.signer().equals(payee)
          || !signed.message().getPayoutSha256().equals(sha256(row))) {
        throw new RefusalException(
            Reason.INVALID, "the confirmation is not the payee's for this payout");
      }
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** Every payout that this node made or is said to have received. */
  public List<PayoutView> views() {
    return PayoutViews.all(ledger, identity.nodeId());
  }

  private PayoutView view(PayoutRow row) {
    return PayoutViews.of(row, identity.nodeId());
  }

  private static ByteString sha256(PayoutRow row) {
    return ByteString.copyFrom(PayoutRows.sha256(row.getPayout().getPayload().toByteArray()));
  }

  private static LedgerEntry recorded(SignedEnvelope payout) {
    return LedgerEntry.newBuilder()
        .setPayoutRecorded(PayoutRecorded.newBuilder().setPayout(payout))
        .build();
  }

  private static void requireReference(String reference) throws RefusalException {
    if (reference.isEmpty()
        || reference.length() > MAX_REFERENCE_CHARS
        || reference.chars().anyMatch(Character::isISOControl)) {
      throw new RefusalException(
          Reason.INVALID, "a reference is one line of 1 to " + MAX_REFERENCE_CHARS + " characters");
    }
  }

  /** What the payee's owner says of a payment. */
  public enum Decision {
    RECEIVED,
    NOT_RECEIVED
  }

  /** When a payee is asked again, and how long that was put off. */
  private record Attempt(long nextNanos, long waitMillis) {}
}
