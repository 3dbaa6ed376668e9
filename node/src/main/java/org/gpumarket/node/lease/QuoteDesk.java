package org.gpumarket.node.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.CreditPolicy;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.SignedEnvelope;

/**
 * Quotes that stand: GPUs held for {@link LeaseLimits#HOLD_MILLIS} by the monotonic clock.
 *
 * <p>Guarantees: a request id repeated while its quote stands gets the same quote; a quote is
 * claimed once; what is not claimed in time is free again. One lock; quotes are lost with the
 * process, which the consumer sees as a hold that is over.
 */
final class QuoteDesk {
  private final ProviderContext context;
  private final ProviderTerms policy;
  private final Function<String, Optional<OfferTerms>> offers;
  private final Supplier<List<Resources>> openLeaseResources;
  private final ToIntFunction<NodeId> unstarted;
  private final Function<QuotePayer, Long> paidBefore;
  private final Map<String, Held> byLease = new HashMap<>();
  private final Map<String, Held> byRequest = new HashMap<>();

  QuoteDesk(
      ProviderContext context,
      ProviderTerms policy,
      Function<String, Optional<OfferTerms>> offers,
      Supplier<List<Resources>> openLeaseResources,
      ToIntFunction<NodeId> unstarted,
      Function<QuotePayer, Long> paidBefore) {
    this.context = context;
    this.policy = policy;
    this.offers = offers;
    this.openLeaseResources = openLeaseResources;
    this.unstarted = unstarted;
    this.paidBefore = paidBefore;
  }

  synchronized SignedEnvelope quote(NodeId consumer, RequestQuoteRequest request)
      throws RefusalException {
    dropOver();
    if (!Base32.isId(request.getRequestId())) {
      throw invalid("a request id has 26 characters of base32");
    }
    String key = consumer + "/" + request.getRequestId();
    Held before = byRequest.get(key);
    if (before != null) {
      if (!before.request.equals(request)) {
        throw invalid("this request id was used for another request");
      }
      return before.quote;
    }
    OfferTerms offer =
        offers
            .apply(request.getOfferId())
            .orElseThrow(() -> new RefusalException(Reason.NOT_FOUND, "there is no such offer"));
    requireFits(request, offer);
    requireRoom(consumer, request, offer);
    return hold(consumer, request, offer, key).quote;
  }

  private static void requireFits(RequestQuoteRequest request, OfferTerms offer)
      throws RefusalException {
    if (request.getGpuCount() < 1 || request.getGpuCount() > offer.gpuUuids().size()) {
      throw invalid("the offer has " + offer.gpuUuids().size() + " GPUs, ask for 1 to that many");
    }
    if (request.getDurationMs() < offer.minDurationMillis()
        || request.getDurationMs() > offer.maxDurationMillis()) {
      throw invalid(
          "a lease of this offer lasts "
              + offer.minDurationMillis()
              + " to "
              + offer.maxDurationMillis()
              + " ms");
    }
    if (!offer.runtimes().contains(request.getRuntime())) {
      throw invalid("the offer runs no workloads of kind " + request.getRuntime());
    }
    if (offer.simulated() && !request.getAcceptSimulated()) {
      throw new RefusalException(Reason.WRONG_STATE, "the offer's GPUs are simulated");
    }
    Price most = request.getMaxPrice();
    if (!most.getCurrencyCode().isEmpty()
        && (!most.getCurrencyCode().equals(offer.price().getCurrencyCode())
            || most.getMicrosPerGpuHour() < offer.price().getMicrosPerGpuHour())) {
      throw new RefusalException(
          Reason.WRONG_STATE, "the offer is dearer than the most that is paid");
    }
    Resources wanted = request.getResources();
    if (wanted.getCpuMillis() < 0 || wanted.getMemoryMib() < 0 || wanted.getDiskMib() < 0) {
      throw invalid("resources are 0 or more");
    }
  }

  private void requireRoom(NodeId consumer, RequestQuoteRequest request, OfferTerms offer)
      throws RefusalException {
    long held = byLease.values().stream().filter(h -> h.consumer.equals(consumer)).count();
    if (held >= LeaseLimits.HOLDS_PER_CONSUMER) {
      throw new RefusalException(
          Reason.EXHAUSTED, "at most " + LeaseLimits.HOLDS_PER_CONSUMER + " quotes at a time");
    }
    if (unstarted.applyAsInt(consumer) >= LeaseLimits.UNSTARTED_PER_CONSUMER) {
      throw new RefusalException(
          Reason.EXHAUSTED,
          "start your " + LeaseLimits.UNSTARTED_PER_CONSUMER + " agreed leases first");
    }
    List<Resources> taken = new ArrayList<>(openLeaseResources.get());
    if (taken.size() + byLease.size() >= LeaseLimits.OPEN_LEASES) {
      throw new RefusalException(Reason.EXHAUSTED, "this node has enough leases");
    }
    byLease.values().forEach(h -> taken.add(h.request.getResources()));
    taken.add(request.getResources());
    Resources all = offer.resources();
    if (sum(taken, Resources::getCpuMillis) > all.getCpuMillis()
        || sum(taken, Resources::getMemoryMib) > all.getMemoryMib()
        || sum(taken, Resources::getDiskMib) > all.getDiskMib()) {
      throw new RefusalException(
          Reason.EXHAUSTED, "not so much processor, memory or disk is free beside the GPUs");
    }
  }

  private static long sum(
      List<Resources> resources, java.util.function.ToLongFunction<Resources> of) {
    long sum = 0;
    for (Resources each : resources) {
      long next = of.applyAsLong(each);
      sum = sum > Long.MAX_VALUE - next ? Long.MAX_VALUE : sum + next;
    }
    return sum;
  }

  private Held hold(NodeId consumer, RequestQuoteRequest request, OfferTerms offer, String key)
      throws RefusalException {
    String leaseId = Base32.randomId(context.surroundings().random());
    List<LeasedGpu> gpus = context.holds().take(leaseId, offer.gpuUuids(), request.getGpuCount());
    long paid = paidBefore.apply(new QuotePayer(consumer, offer.price().getCurrencyCode()));
    Quote quote =
        Quote.newBuilder()
            .setLeaseId(leaseId)
            .setProvider(context.identity().nodeId().text())
            .setConsumer(consumer.text())
            .setOfferId(offer.offerId())
            .setOfferSequence(offer.sequence())
            .addAllGpus(gpus)
            .setGpu(offer.gpu())
            .setPrice(offer.price())
            .setSimulated(offer.simulated())
            .setHoldMs(LeaseLimits.HOLD_MILLIS)
            .setDurationMs(request.getDurationMs())
            .setIntervalMs(policy.intervalMillis())
            .setGraceMs(policy.graceMillis())
            .setCreditMicros(
                CreditPolicy.creditMicros(
                    offer.price(), gpus.size(), policy.intervalMillis(), paid))
            .setIssueTimeUnixMs(context.surroundings().unixMillis())
            .build();
    Held held =
        new Held(
            consumer,
            request,
            key,
            EnvelopeKind.QUOTE.sign(context.identity(), quote),
            context.surroundings().in(LeaseLimits.HOLD_MILLIS));
    byLease.put(leaseId, held);
    byRequest.put(key, held);
    return held;
  }

  /**
   * Takes a standing quote for a lease; its GPUs are the lease's from now on.
   *
   * @return what was asked for
   * @throws RefusalException when the hold is over or the quote is not the one that stands
   */
  synchronized RequestQuoteRequest claim(NodeId consumer, String leaseId, SignedEnvelope quote)
      throws RefusalException {
    dropOver();
    Held held = byLease.get(leaseId);
    if (held == null || !held.consumer.equals(consumer) || !held.quote.equals(quote)) {
      throw new RefusalException(Reason.WRONG_STATE, "the hold of this quote is over");
    }
    byLease.remove(leaseId);
    return held.request;
  }

  /** Puts a claimed quote back: the lease was not agreed. */
  synchronized void restore(String leaseId) {
    byRequest.values().stream()
        .filter(h -> leaseId(h).equals(leaseId))
        .findFirst()
        .ifPresentOrElse(h -> byLease.put(leaseId, h), () -> context.holds().release(leaseId));
  }

  synchronized void dropOver() {
    byRequest
        .values()
        .removeIf(
            held -> {
              boolean over = context.surroundings().passed(held.until);
              if (over && byLease.remove(leaseId(held)) != null) {
                context.holds().release(leaseId(held));
              }
              return over;
            });
  }

  private static String leaseId(Held held) {
    return LeaseTerms.stored(held.quote).leaseId();
  }

  private static RefusalException invalid(String sentence) {
    return new RefusalException(Reason.INVALID, sentence);
  }

  /** Who would pay, in which currency. */
  record QuotePayer(NodeId consumer, String currencyCode) {}

  private record Held(
      NodeId consumer,
      RequestQuoteRequest request,
      String key,
      SignedEnvelope quote,
      Deadline until) {}
}
