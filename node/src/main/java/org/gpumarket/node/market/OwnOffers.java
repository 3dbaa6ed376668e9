package org.gpumarket.node.market;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Ledger ledger;
  private final OfferBoard board;
  private final InstantSource clock;
  private final Supplier<List<Offer>> wanted;
  private final Map<String, Offer> published = new HashMap<>();
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
    this.identity = identity;
    this.ledger = ledger;
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
    for (String gone : new ArrayList<>(published.keySet())) {
      if (!offered.contains(gone)) {
        publish(Offer.newBuilder().setOfferId(gone).setWithdrawn(true).build());
        published.remove(gone);
      }
    }
  }

  /** Takes every offer back, for good. */
  public synchronized void withdrawAll() {
    withdrawn = true;
    for (String id : new ArrayList<>(published.keySet())) {
      publish(Offer.newBuilder().setOfferId(id).setWithdrawn(true).build());
    }
    published.clear();
  }

  /** The newest version of one of this node's offers, if it stands. */
  public synchronized java.util.Optional<Offer> published(String offerId) {
    return java.util.Optional.ofNullable(published.get(offerId));
  }

  private void publish(Offer terms) {
    try {
      long sequence = nextSequence(terms.getOfferId());
      long now = clock.millis();
      Offer offer =
          terms.toBuilder()
              .setSequence(sequence)
              .setIssueTimeUnixMs(now)
              .setExpireTimeUnixMs(now + LIFE.toMillis())
              .build();
      OwnOfferRow row =
          OwnOfferRow.newBuilder().setOfferId(offer.getOfferId()).setSequence(sequence).build();
      ledger.commit(Commit.ofRows(RowChange.put(TABLE, offer.getOfferId(), row))).join();
      OfferExchange.Verdict verdict = board.takeOwn(EnvelopeKind.OFFER.sign(identity, offer));
      if (!(verdict instanceof OfferExchange.Verdict.Taken)) {
        LOG.atWarn()
            .addKeyValue("offer", offer.getOfferId())
            .log("an own offer was not taken: {}", verdict);
      }
      if (!offer.getWithdrawn()) {
        published.put(offer.getOfferId(), offer);
      }
    } catch (CompletionException | LedgerException | InvalidProtocolBufferException e) {
      LOG.warn("offers cannot be renewed: {}", e.getMessage());
    }
  }

  private long nextSequence(String offerId) throws LedgerException, InvalidProtocolBufferException {
    var row = ledger.row(TABLE, offerId);
    return row.isPresent() ? OwnOfferRow.parseFrom(row.get()).getSequence() + 1 : 1;
  }

  private boolean worn(Offer offer) {
    return clock.millis() >= offer.getIssueTimeUnixMs() + LIFE.toMillis() / 2;
  }

  private static Offer terms(Offer offer) {
    return offer.toBuilder().clearSequence().clearIssueTimeUnixMs().clearExpireTimeUnixMs().build();
  }
}
