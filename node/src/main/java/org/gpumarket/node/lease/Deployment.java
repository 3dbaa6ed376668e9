package org.gpumarket.node.lease;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * The way from an order to an agreed lease: match, quote, sign, agree; and on to the next match
 * where a provider does not give or keep its quote. Used once, on one thread.
 */
final class Deployment {
  /** How often the book is asked again while no offer fits. Milliseconds. */
  private static final long ASK_AGAIN_MILLIS = 200;

  /** After how long a provider that did not answer is asked again. Milliseconds. */
  private static final long RETRY_MILLIS = 2_000;

  /** How long a lease lasts at most where the order does not say: a day. Milliseconds. */
  private static final long DEFAULT_DURATION_MILLIS = 24 * 3_600_000L;

  /** How often an agreement is asked for when nobody answers, before the next match is tried. */
  private static final int AGREE_ATTEMPTS = 3;

  private final ConsumerContext context;
  private final Function<SearchOffersRequest, SearchOffersResponse> market;
  private final DeployOrder order;
  private final String leaseRequest;
  private final Consumer<DeployStep> steps;
  private final Consumer<ConsumerLease> opened;
  private final Set<String> tried = new HashSet<>();

  /** When an offer whose provider did not answer is worth another try, while the user waits. */
  private final Map<String, Deadline> retryAt = new HashMap<>();

  /** How often each provider, by the text of its id, did not give a lease. */
  private final Map<String, Integer> failures = new HashMap<>();

  private final Deadline waitUntil;

  Deployment(
      ConsumerContext context,
      Function<SearchOffersRequest, SearchOffersResponse> market,
      DeployOrder order,
      String leaseRequest,
      Consumer<DeployStep> steps,
      Consumer<ConsumerLease> opened) {
    this.context = context;
    this.market = market;
    this.order = order;
    this.leaseRequest = leaseRequest;
    this.steps = steps;
    this.opened = opened;
    this.waitUntil = context.surroundings().in(order.waitMillis());
  }

  /** The lease, agreed and on disk; empty when no offer was left, which the steps say. */
  Optional<ConsumerLease> run() throws InterruptedException, RefusalException {
    while (true) {
      SearchOffersResponse found = search("");
      Optional<OfferListing> next = next(found);
      if (next.isPresent()) {
        Optional<ConsumerLease> lease = choose(next.get(), found);
        if (lease.isPresent()) {
          return lease;
        }
      } else if (context.surroundings().passed(waitUntil)) {
        steps.accept(new DeployStep.MatchRefused(explanation(found)));
        return Optional.empty();
      } else {
        TimeUnit.MILLISECONDS.sleep(ASK_AGAIN_MILLIS);
      }
    }
  }

  /**
   * The best offer of a provider that has not failed; where there is none, the best that was not
   * tried. So no provider hides the others behind many offers that it does not keep.
   */
  private Optional<OfferListing> next(SearchOffersResponse first) throws RefusalException {
    Optional<OfferListing> again = Optional.empty();
    SearchOffersResponse page = first;
    boolean waiting = !context.surroundings().passed(waitUntil);
    while (true) {
      for (OfferListing listing : page.getOffersList()) {
        int before = failures.getOrDefault(listing.getProvider(), 0);
        if (tried.contains(key(listing)) && !(waiting && mayAnswerNow(listing))) {
          continue;
        }
        if (before == 0) {
          return Optional.of(listing);
        }
        if (again.isEmpty() && (waiting || before < LeaseLimits.ATTEMPTS_PER_PROVIDER)) {
          again = Optional.of(listing);
        }
      }
      if (page.getNextPageToken().isEmpty()) {
        return again;
      }
      page = search(page.getNextPageToken());
    }
  }

  /** A node that has just come back may not be reached at once. */
  private boolean mayAnswerNow(OfferListing listing) {
    Deadline retry = retryAt.get(key(listing));
    return retry != null && context.surroundings().passed(retry);
  }

  private static String key(String provider, Offer offer) {
    return provider + "/" + offer.getOfferId() + "/" + offer.getSequence();
  }

  /** Names one version of an offer. */
  private static String key(OfferListing listing) {
    try {
      return key(listing.getProvider(), EnvelopeKind.OFFER.parse(listing.getOffer()));
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException("the market knows what is no offer", e);
    }
  }

  private Optional<ConsumerLease> choose(OfferListing listing, SearchOffersResponse found)
      throws RefusalException {
    tried.add(key(listing));
    steps.accept(
        new DeployStep.MatchChosen(
            listing, found.getExplanation(), found.getFittingCount(), found.getConsideredCount()));
    return attempt(listing);
  }

  private static Candidate candidate(OfferListing listing) throws RefusalException {
    try {
      Signed<Offer> offer = EnvelopeKind.OFFER.open(listing.getOffer());
      return new Candidate(offer.signer(), offer.message());
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private String explanation(SearchOffersResponse found) {
    return tried.isEmpty()
        ? found.getExplanation()
        : "every offer that fits was tried (" + tried.size() + ") and none gave a lease";
  }

  private SearchOffersResponse search(String pageToken) throws RefusalException {
    Requirements.Builder requirements =
        order.requirements().toBuilder()
            .setRuntime(order.spec().getRuntime())
            .setResources(order.spec().getResources())
            .addExcludedProviders(context.identity().nodeId().text());
    try {
      return market.apply(
          SearchOffersRequest.newBuilder()
              .setRequirements(requirements)
              .setPolicy(order.policy())
              .setPageSize(LeaseLimits.MATCHES_READ)
              .setPageToken(pageToken)
              .build());
    } catch (IllegalArgumentException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private Optional<ConsumerLease> attempt(OfferListing listing) throws RefusalException {
    ConsumerLease lease;
    try {
      lease = sign(candidate(listing));
    } catch (RefusalException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        retryAt.put(key(listing), context.surroundings().in(RETRY_MILLIS));
      }
      failed(listing.getProvider(), e);
      return Optional.empty();
    }
    RefusalException why = agree(lease);
    if (why == null) {
      opened.accept(lease);
      return Optional.of(lease);
    }
    if (!lease.isOver()) {
      lease.abandon();
      opened.accept(lease);
    }
    failed(listing.getProvider(), why);
    return Optional.empty();
  }

  private @Nullable RefusalException agree(ConsumerLease lease) {
    RefusalException last = null;
    for (int attempt = 0; attempt < AGREE_ATTEMPTS && !lease.isOver(); attempt++) {
      try {
        lease.agree();
        return null;
      } catch (RefusalException e) {
        last = e;
      }
    }
    return last;
  }

  /** Asks for a quote, checks it, and writes the signed lease before anybody sees it. */
  private ConsumerLease sign(Candidate candidate) throws RefusalException {
    Offer offer = candidate.offer();
    RequestQuoteRequest request =
        RequestQuoteRequest.newBuilder()
            .setRequestId(DerivedIds.of(leaseRequest, key(candidate.provider().text(), offer)))
            .setOfferId(offer.getOfferId())
            .setGpuCount(order.gpuCount())
            .setDurationMs(duration(offer))
            .setRuntime(order.spec().getRuntime())
            .setResources(order.spec().getResources())
            .setMaxPrice(
                order.requirements().hasMaxPrice()
                    ? order.requirements().getMaxPrice()
                    : offer.getPrice())
            .setAcceptSimulated(order.requirements().getAcceptSimulated())
            .build();
    SignedEnvelope quote =
        context
            .providers()
            .to(candidate.provider(), offer.getAddressesList())
            .requestQuote(request);
    LeaseTerms terms =
        QuoteCheck.check(quote, context.identity().nodeId(), candidate.provider(), offer, request);
    // The provider chose it, and the row of another lease must never be written over.
    if (context.isKnown().test(terms.leaseId())) {
      throw new RefusalException(Reason.INVALID, "the quote has the id of another lease");
    }
    Lease lease =
        Lease.newBuilder()
            .setQuote(quote)
            .setWorkload(order.spec())
            .setRequestId(leaseRequest)
            .setAgreeTimeUnixMs(context.surroundings().unixMillis())
            .build();
    LeaseRow row =
        LeaseRow.newBuilder()
            .setLeaseId(terms.leaseId())
            .setRole(LeaseRole.LEASE_ROLE_CONSUMER)
            .setState(LeaseState.LEASE_STATE_RESERVED)
            .setQuote(quote)
            .setConsumerLease(signed(lease))
            .setProviderAddress(String.join(",", offer.getAddressesList()))
            .setDeployment(order.deployment())
            .setRegion(offer.getRegion())
            .build();
    context.writes().write(List.of(), LeaseRows.createSigned(row));
    return new ConsumerLease(context, row);
  }

  private SignedEnvelope signed(Lease lease) throws RefusalException {
    try {
      return EnvelopeKind.LEASE.sign(context.identity(), lease);
    } catch (IllegalArgumentException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private long duration(Offer offer) {
    long wanted = order.requirements().getDurationMs();
    long most =
        offer.getMaxDurationMs() > 0 ? offer.getMaxDurationMs() : LeaseLimits.MAX_DURATION_MILLIS;
    return wanted > 0 ? wanted : Math.min(DEFAULT_DURATION_MILLIS, most);
  }

  private void failed(String provider, RefusalException why) throws RefusalException {
    context.writes().requireWritable();
    failures.merge(provider, 1, Integer::sum);
    steps.accept(new DeployStep.MatchFailed(provider, why.sentence()));
  }

  private record Candidate(NodeId provider, Offer offer) {}
}
