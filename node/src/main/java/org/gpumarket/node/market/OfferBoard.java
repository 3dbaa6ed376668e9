package org.gpumarket.node.market;

import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.gpumarket.ledger.signing.Claim;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.matcher.Match;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.matcher.Order;
import org.gpumarket.matcher.OrderBook;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.OfferExchange;
import org.gpumarket.v1.SignedEnvelope;

/**
 * Every offer that this node knows, each under its provider's signature. Safe for use by several
 * threads: the board's lock guards what is posted, and listeners are told outside it.
 */
public final class OfferBoard implements OfferExchange {
  /** Offers that one provider may have on the board, withdrawn ones until they expire included. */
  static final int MAX_OFFERS_OF_A_PROVIDER = 64;

  /** One offer: a million of them stay within some gigabytes, of honest size some hundred MB. */
  static final int MAX_OFFER_BYTES = 4_096;

  /** An offer with its kind, key and signature. */
  private static final int MAX_ENVELOPE_BYTES = MAX_OFFER_BYTES + 256;

  /** Offers in all: some hundred megabytes. */
  static final int MAX_OFFERS = 1_000_000;

  private final OrderBook book;
  private final AddressPolicy addresses;
  private final InstantSource clock;
  private final int maxOffers;
  private final NavigableMap<OfferKey, Posted> posted = new TreeMap<>();
  private final UnreachableOffers unreachable = new UnreachableOffers();

  /** What was heard last from others. */
  private Heard heard = Heard.NOTHING;

  private final List<Consumer<OfferKey>> listeners = new CopyOnWriteArrayList<>();

  public OfferBoard(OrderBook book, AddressPolicy addresses, InstantSource clock) {
    this(book, addresses, clock, MAX_OFFERS);
  }

  /** As above, for so many offers in all. */
  OfferBoard(OrderBook book, AddressPolicy addresses, InstantSource clock, int maxOffers) {
    this.book = book;
    this.addresses = addresses;
    this.clock = clock;
    this.maxOffers = maxOffers;
  }

  @Override
  public Verdict take(SignedEnvelope envelope) {
    return take(envelope, Origin.PEER);
  }

  /**
   * As {@link #take}, for an offer of this node's own: its owner said where it can be reached, and
   * there is always room for it.
   */
  Verdict takeOwn(SignedEnvelope envelope) {
    return take(envelope, Origin.OWN);
  }

  private Verdict take(SignedEnvelope envelope, Origin origin) {
    if (envelope.getPayload().size() > MAX_OFFER_BYTES
        || envelope.getSerializedSize() > MAX_ENVELOPE_BYTES) {
      return new Verdict.Refused("an offer of more than " + MAX_OFFER_BYTES + " bytes");
    }
    OfferKey key;
    Verdict verdict;
    try {
      Claim<org.gpumarket.v1.Offer> claim = EnvelopeKind.OFFER.claim(envelope);
      key = new OfferKey(claim.signer(), claim.message().getOfferId());
      verdict = take(envelope, key, claim.message(), origin);
    } catch (InvalidSignatureException | IllegalArgumentException e) {
      return new Verdict.Refused(String.valueOf(e.getMessage()));
    }
    if (verdict instanceof Verdict.Taken) {
      listeners.forEach(listener -> listener.accept(key));
    }
    return verdict;
  }

  /** Looks at what costs little first: the signature is checked of what would be news alone. */
  private Verdict take(
      SignedEnvelope envelope, OfferKey key, org.gpumarket.v1.Offer claimed, Origin origin)
      throws InvalidSignatureException {
    long now = clock.millis();
    if (isKnown(key, envelope)) {
      return new Verdict.Ignored("known");
    }
    OfferChecks.checkVersion(claimed, now);
    if (claimed.getExpireTimeUnixMs() <= now) {
      return new Verdict.Ignored("expired");
    }
    if (!book.isNews(key, claimed.getSequence())) {
      return new Verdict.Ignored("not newer than what is known");
    }
    if (claimed.getWithdrawn()) {
      EnvelopeKind.OFFER.open(envelope);
      return withdraw(envelope, key, claimed, origin);
    }
    Offer offer = OfferChecks.read(claimed, key.provider());
    Optional<String> useless = uselessHere(offer, origin);
    if (useless.isPresent()) {
      return new Verdict.Ignored(useless.get());
    }
    NodeId provider = NodeId.parse(key.provider());
    if (origin == Origin.PEER && !addresses.reaches(provider, claimed.getAddressesList())) {
      return unreachable(envelope, key, claimed);
    }
    EnvelopeKind.OFFER.open(envelope);
    boolean passedOn = origin == Origin.OWN || addresses.mayPassOn(claimed.getAddressesList());
    return post(envelope, offer, origin, passedOn);
  }

  private synchronized boolean isKnown(OfferKey key, SignedEnvelope envelope) {
    Posted post = posted.get(key);
    return post != null && post.envelope.equals(envelope);
  }

  private Verdict unreachable(SignedEnvelope envelope, OfferKey key, org.gpumarket.v1.Offer claimed)
      throws InvalidSignatureException {
    if (unreachable.isNews(key, claimed.getSequence(), clock.millis())) {
      EnvelopeKind.OFFER.open(envelope);
      unreachable.note(key, claimed);
    }
    return new Verdict.Ignored("its provider cannot be reached from here");
  }

  /** Why no offer of another provider stands, where none does. */
  public synchronized String whyEmpty() {
    return switch (heard) {
      case NOTHING -> "this node has heard of no provider yet";
      case OFFER -> "the last offer has expired, and its provider was not heard of since";
      case WITHDRAWAL -> "the last provider withdrew its offers";
    };
  }

  /** What was left out because its provider may not be dialled, in one sentence; empty if none. */
  public Optional<String> leftOut() {
    return unreachable.sentence(clock.millis());
  }

  @Override
  public synchronized Optional<SignedEnvelope> newest(OfferKey name) {
    long now = clock.millis();
    return Optional.ofNullable(posted.get(name))
        .filter(post -> post.passedOn && post.expireMillis > now)
        .map(Posted::envelope);
  }

  @Override
  public synchronized List<Known> after(Optional<OfferKey> name, int limit) {
    long now = clock.millis();
    NavigableMap<OfferKey, Posted> rest =
        name.map(last -> posted.tailMap(last, false)).orElse(posted);
    return rest.entrySet().stream()
        .filter(entry -> entry.getValue().passedOn && entry.getValue().expireMillis > now)
        .limit(limit)
        .map(entry -> new Known(entry.getKey(), entry.getValue().envelope))
        .toList();
  }

  @Override
  public void onChange(Consumer<OfferKey> listener) {
    listeners.add(listener);
  }

  /** The envelope of an offer that stands, as its provider signed it. */
  public synchronized Optional<SignedEnvelope> envelope(OfferKey key) {
    return Optional.ofNullable(posted.get(key))
        .filter(post -> !post.withdrawn)
        .map(Posted::envelope);
  }

  /** Where a provider says it can be reached, by any of its offers; empty when it has none. */
  public synchronized List<String> addressesOf(NodeId provider) {
    for (Posted post : of(provider.text()).values()) {
      try {
        if (!post.withdrawn) {
          return EnvelopeKind.OFFER.parse(post.envelope).getAddressesList();
        }
      } catch (InvalidSignatureException e) {
        throw new IllegalStateException("an offer that was checked cannot be read", e);
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
    long now = clock.millis();
    var _ = book.expire(now);
    posted.values().removeIf(post -> post.expireMillis <= now);
  }

  /** Why an honest offer is not for this board; empty when it is. */
  private Optional<String> uselessHere(Offer offer, Origin origin) {
    if (offer.runtimes().isEmpty()) {
      return Optional.of("it runs workloads only in ways that this node does not know");
    }
    return full(offer.key(), origin) ? Optional.of("too many offers already") : Optional.empty();
  }

  private synchronized boolean full(OfferKey key, Origin origin) {
    return !posted.containsKey(key)
        && (of(key.provider()).size() >= MAX_OFFERS_OF_A_PROVIDER
            || (origin == Origin.PEER && posted.size() >= maxOffers));
  }

  private synchronized Verdict withdraw(
      SignedEnvelope envelope, OfferKey key, org.gpumarket.v1.Offer withdrawal, Origin origin) {
    long expireMillis = withdrawal.getExpireTimeUnixMs();
    unreachable.forget(key);
    if (!book.withdraw(key, withdrawal.getSequence(), expireMillis)) {
      return new Verdict.Useless("nothing to withdraw");
    }
    Posted before = posted.get(key);
    boolean passedOn = before == null || before.passedOn;
    if (origin == Origin.PEER && before != null) {
      heard = Heard.WITHDRAWAL;
    }
    posted.put(key, new Posted(envelope, true, passedOn, expireMillis));
    return new Verdict.Taken();
  }

  private synchronized Verdict post(
      SignedEnvelope envelope, Offer offer, Origin origin, boolean passedOn) {
    if (full(offer.key(), origin)) {
      return new Verdict.Ignored("too many offers already");
    }
    if (!book.upsert(offer)) {
      return new Verdict.Ignored("not newer than what is known");
    }
    unreachable.forget(offer.key());
    if (origin == Origin.PEER) {
      heard = Heard.OFFER;
    }
    posted.put(offer.key(), new Posted(envelope, false, passedOn, offer.expireTimeMillis()));
    return new Verdict.Taken();
  }

  /** What one provider has posted: names are of the letters, digits and hyphens that it may use. */
  private NavigableMap<OfferKey, Posted> of(String provider) {
    return posted.subMap(new OfferKey(provider, ""), true, new OfferKey(provider, "~"), true);
  }

  private enum Heard {
    NOTHING,
    OFFER,
    WITHDRAWAL
  }

  private enum Origin {
    PEER,
    OWN
  }

  /**
   * A version as it stands here; a withdrawal until it expires, so that others hear of it.
   *
   * @param passedOn false for what is of use to this node alone: only it was told where the
   *     provider is
   */
  private record Posted(
      SignedEnvelope envelope, boolean withdrawn, boolean passedOn, long expireMillis) {}
}
