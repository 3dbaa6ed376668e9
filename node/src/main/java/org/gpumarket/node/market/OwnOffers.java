package org.gpumarket.node.market;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.gpumarket.ledger.Commit;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.RowChange;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.peer.OfferExchange;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OwnOfferRow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own offers: numbered, renewed before they expire, and withdrawn at the end. A number
 * is on disk before the offer that has it goes out, so no crash gives a number twice. Safe for use
 * by several threads; the object's lock orders the versions.
 */
public final class OwnOffers {
  private static final Logger LOG = LoggerFactory.getLogger(OwnOffers.class);

  /** The rows that hold the highest number of each offer. */
  static final String TABLE = "own-offer";

  /** How long a version counts. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private final SigningKey identity;
  private final Numbers numbers;
  private final OfferBoard board;
  private final InstantSource clock;
  private final Supplier<List<Offer>> wanted;
  private final Map<String, Offer> published = new HashMap<>();

  /** Offered no more, and not withdrawn yet: tried again with every refresh. */
  private final Set<String> ending = new TreeSet<>();

  private boolean withdrawn;

  /**
   * Offers of one node.
   *
   * @param wanted what is offered at the moment of asking, without number and times
   */
  public OwnOffers(
      SigningKey identity,
      Ledger ledger,
      OfferBoard board,
      InstantSource clock,
      Supplier<List<Offer>> wanted) {
    this(identity, id -> nextNumber(ledger, id), board, clock, wanted);
  }

  OwnOffers(
      SigningKey identity,
      Numbers numbers,
      OfferBoard board,
      InstantSource clock,
      Supplier<List<Offer>> wanted) {
    this.identity = identity;
    this.numbers = numbers;
    this.board = board;
    this.clock = clock;
    this.wanted = wanted;
  }

  /** Publishes what has changed or is at half its life, and withdraws what is offered no more. */
  public synchronized void refresh() {
    if (withdrawn) {
      return;
    }
    Set<String> offered = new HashSet<>();
    for (Offer offer : wanted.get()) {
      offered.add(offer.getOfferId());
      Offer last = published.get(offer.getOfferId());
      if (last == null || !terms(last).equals(offer) || worn(last)) {
        publish(offer);
      }
    }
    for (String gone : List.copyOf(published.keySet())) {
      if (!offered.contains(gone)) {
        end(gone);
      }
    }
    ending.removeIf(this::withdraw);
  }

  /** Takes every offer back, for good. */
  public synchronized void withdrawAll() {
    withdrawn = true;
    List.copyOf(published.keySet()).forEach(this::end);
    ending.removeIf(this::withdraw);
  }

  /** The newest version of one of this node's offers, if it stands. */
  public synchronized Optional<Offer> published(String offerId) {
    return Optional.ofNullable(published.get(offerId));
  }

  private void publish(Offer terms) {
    try {
      Offer offer = number(terms);
      OfferExchange.Verdict verdict = post(offer);
      if (verdict instanceof OfferExchange.Verdict.Taken) {
        published.put(offer.getOfferId(), offer);
        ending.remove(offer.getOfferId());
      } else {
        LOG.atWarn()
            .addKeyValue("offer", offer.getOfferId())
            .log("an own offer was not taken: {}", verdict);
      }
    } catch (CompletionException | LedgerException | InvalidProtocolBufferException e) {
      LOG.warn("offers cannot be renewed: {}", e.getMessage());
    }
  }

  private void end(String offerId) {
    published.remove(offerId);
    ending.add(offerId);
  }

  /** Whether the withdrawal is out, or has nothing left to end. */
  private boolean withdraw(String offerId) {
    try {
      var _ = post(number(Offer.newBuilder().setOfferId(offerId).setWithdrawn(true).build()));
      return true;
    } catch (CompletionException | LedgerException | InvalidProtocolBufferException e) {
      LOG.warn("offer {} cannot be withdrawn: {}", offerId, e.getMessage());
      return false;
    }
  }

  private OfferExchange.Verdict post(Offer offer) {
    return board.takeOwn(EnvelopeKind.OFFER.sign(identity, offer));
  }

  private Offer number(Offer terms) throws LedgerException, InvalidProtocolBufferException {
    long sequence = numbers.next(terms.getOfferId());
    long now = clock.millis();
    return terms.toBuilder()
        .setSequence(sequence)
        .setIssueTimeUnixMs(now)
        .setExpireTimeUnixMs(now + LIFE.toMillis())
        .build();
  }

  private static long nextNumber(Ledger ledger, String offerId)
      throws LedgerException, InvalidProtocolBufferException {
    Optional<ByteString> last = ledger.row(TABLE, offerId);
    long next = last.isPresent() ? OwnOfferRow.parseFrom(last.get()).getSequence() + 1 : 1;
    OwnOfferRow row = OwnOfferRow.newBuilder().setOfferId(offerId).setSequence(next).build();
    ledger.commit(Commit.ofRows(RowChange.put(TABLE, offerId, row))).join();
    return next;
  }

  private boolean worn(Offer offer) {
    return clock.millis() >= offer.getIssueTimeUnixMs() + LIFE.toMillis() / 2;
  }

  private static Offer terms(Offer offer) {
    return offer.toBuilder().clearSequence().clearIssueTimeUnixMs().clearExpireTimeUnixMs().build();
  }

  /** Gives each version of an offer its number: higher than any before, and on disk. */
  interface Numbers {
    /**
     * The next number of an offer.
     *
     * @throws CompletionException when it cannot be written
     */
    long next(String offerId) throws LedgerException, InvalidProtocolBufferException;
  }
}
