package org.gpumarket.node.market;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.matcher.Match;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.matcher.Order;
import org.gpumarket.matcher.OrderBook;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.HostPort;
import org.gpumarket.node.peer.OfferExchange;
import org.gpumarket.v1.SignedEnvelope;

/**
 * Every offer that this node knows, each under its provider's signature. Safe for use by several
 * threads: the board's lock guards the envelopes, and listeners are told outside it.
 */
public final class OfferBoard implements OfferExchange {
  /** Offers that one provider may have on the board. */
  static final int MAX_OFFERS_OF_A_PROVIDER = 64;

  /** One offer: a million of them stay within some gigabytes, of honest size some hundred MB. */
  static final int MAX_OFFER_BYTES = 4_096;

  /** Offers in all: some hundred megabytes. */
  static final int MAX_OFFERS = 1_000_000;

  private final OrderBook book;
  private final AddressPolicy addresses;
  private final InstantSource clock;
  private final Map<OfferKey, SignedEnvelope> envelopes = new HashMap<>();
  private final Map<String, Integer> perProvider = new HashMap<>();
  private final List<Consumer<Known>> listeners = new CopyOnWriteArrayList<>();

  public OfferBoard(OrderBook book, AddressPolicy addresses, InstantSource clock) {
    this.book = book;
    this.addresses = addresses;
    this.clock = clock;
  }

  @Override
  public Verdict take(SignedEnvelope envelope) {
    return take(envelope, addresses::mayPassOn);
  }

  /** As {@link #take}, for an offer of this node's own: its owner said where it can be reached. */
  Verdict takeOwn(SignedEnvelope envelope) {
    return take(envelope, _ -> true);
  }

  private Verdict take(SignedEnvelope envelope, Predicate<HostPort> reachable) {
    if (envelope.getPayload().size() > MAX_OFFER_BYTES) {
      return new Verdict.Refused("an offer of more than " + MAX_OFFER_BYTES + " bytes");
    }
    if (known(envelope)) {
      return new Verdict.Ignored("known");
    }
    Signed<org.gpumarket.v1.Offer> signed;
    try {
      signed = EnvelopeKind.OFFER.open(envelope);
    } catch (InvalidSignatureException e) {
      return new Verdict.Refused(String.valueOf(e.getMessage()));
    }
    long now = clock.millis();
    if (signed.message().getExpireTimeUnixMs() <= now) {
      return new Verdict.Ignored("expired");
    }
    OfferKey key = new OfferKey(signed.signer().text(), signed.message().getOfferId());
    try {
      Optional<String> ignored =
          signed.message().getWithdrawn()
              ? withdraw(signed.message(), key, now)
              : put(OfferChecks.read(signed.message(), key.provider(), now), signed, reachable);
      if (ignored.isPresent()) {
        return new Verdict.Ignored(ignored.get());
      }
    } catch (IllegalArgumentException e) {
      return new Verdict.Refused(String.valueOf(e.getMessage()));
    }
    Known known = new Known(name(key), envelope);
    listeners.forEach(listener -> listener.accept(known));
    return new Verdict.Taken();
  }

  @Override
  public synchronized List<Known> all() {
    List<Known> all = new ArrayList<>(envelopes.size());
    envelopes.forEach((key, envelope) -> all.add(new Known(name(key), envelope)));
    return all;
  }

  @Override
  public void onChange(Consumer<Known> listener) {
    listeners.add(listener);
  }

  /** The envelope of an offer that counts, as its provider signed it. */
  public synchronized Optional<SignedEnvelope> envelope(OfferKey key) {
    return Optional.ofNullable(envelopes.get(key));
  }

  /** Where a provider says it can be reached, by any of its offers; empty when it has none. */
  public synchronized List<String> addressesOf(NodeId provider) {
    for (Map.Entry<OfferKey, SignedEnvelope> entry : envelopes.entrySet()) {
      if (entry.getKey().provider().equals(provider.text())) {
        try {
          return EnvelopeKind.OFFER.parse(entry.getValue()).getAddressesList();
        } catch (InvalidSignatureException e) {
          throw new IllegalStateException("an offer that was checked cannot be read", e);
        }
      }
    }
    return List.of();
  }

  public Match match(Order order) {
    return book.match(order, clock.millis());
  }

  public int size() {
    return book.size();
  }

  /** Takes down what has expired. To be called every now and then. */
  public synchronized void expire() {
    if (book.expire(clock.millis()) > 0) {
      envelopes.keySet().removeIf(key -> book.offer(key).isEmpty());
      perProvider.clear();
      envelopes.keySet().forEach(key -> perProvider.merge(key.provider(), 1, Integer::sum));
    }
  }

  private boolean known(SignedEnvelope envelope) {
    try {
      org.gpumarket.v1.Offer offer = EnvelopeKind.OFFER.parse(envelope);
      NodeId signer =
          NodeId.of(org.gpumarket.ledger.signing.PublicKey.of(envelope.getSigner().toByteArray()));
      OfferKey key = new OfferKey(signer.text(), offer.getOfferId());
      return envelope(key).map(envelope::equals).orElse(false);
    } catch (InvalidSignatureException _) {
      return false;
    }
  }

  private synchronized Optional<String> withdraw(
      org.gpumarket.v1.Offer offer, OfferKey key, long now) {
    OfferChecks.checkVersion(offer, now);
    if (!book.withdraw(key, offer.getSequence(), offer.getExpireTimeUnixMs())) {
      return Optional.of("nothing to withdraw");
    }
    if (envelopes.remove(key) != null) {
      perProvider.merge(key.provider(), -1, Integer::sum);
    }
    return Optional.empty();
  }

  private synchronized Optional<String> put(
      Offer offer, Signed<org.gpumarket.v1.Offer> signed, Predicate<HostPort> reachable) {
    List<String> told = signed.message().getAddressesList();
    if (!told.stream().map(HostPort::parse).allMatch(reachable)
        || signed.message().getAddressesCount() == 0) {
      return Optional.of("its provider cannot be reached from here");
    }
    boolean fresh = !envelopes.containsKey(offer.key());
    if (fresh
        && (perProvider.getOrDefault(offer.key().provider(), 0) >= MAX_OFFERS_OF_A_PROVIDER
            || envelopes.size() >= MAX_OFFERS)) {
      return Optional.of("too many offers already");
    }
    if (!book.upsert(offer)) {
      return Optional.of("not newer than what is known");
    }
    envelopes.put(offer.key(), signed.envelope());
    if (fresh) {
      perProvider.merge(offer.key().provider(), 1, Integer::sum);
    }
    return Optional.empty();
  }

  private static String name(OfferKey key) {
    return key.provider() + "/" + key.name();
  }
}
