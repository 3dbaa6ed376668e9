package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider that wants more than it gave, or a consumer's books in disorder. */
class HostileProviderTest {
  @TempDir Path folder;
  private LeaseWorld world;
  private ProviderSide provider;
  private ConsumerSide consumer;

  @BeforeEach
  void open() throws Exception {
    world = new LeaseWorld(folder);
    provider = world.provider(PRICE, 2);
    consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofHours(1)));
    world.run(Duration.ofSeconds(11));
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aQuoteUnderTheIdOfAnotherLeaseIsRefusedAndTheOtherLeaseStands() throws Exception {
    LeaseView first = consumer.lease();
    consumer.network.quotesOnTheWay = quote -> renamed(quote, first.getLeaseId());

    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    consumer.restart();
    world.run(Duration.ofSeconds(11));

    assertThat(consumer.steps)
        .contains(
            new DeployStep.MatchFailed(
                provider.id().text(), "the quote has the id of another lease"));
    assertThat(consumer.leases.views(true)).hasSize(1);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getGpuMillis()).isGreaterThan(first.getGpuMillis());
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aProviderThatDoesNotEndALeaseIsPaidForLittleMoreThanItsConsumerUsed() throws Exception {
    consumer.network.closeAnswer =
        Optional.of(
            LeaseStatus.newBuilder()
                .setLeaseId(consumer.lease().getLeaseId())
                .setState(LeaseState.LEASE_STATE_RUNNING)
                .build());
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    long atTheEnd = consumer.lease().getGpuMillis();

    world.run(Duration.ofMinutes(5));

    // The credit of one interval, an interval, the grace time, five seconds to stop and the
    // tolerance; since the last report less than an interval had passed.
    assertThat(consumer.lease().getGpuMillis()).isBetween(atTheEnd, atTheEnd + 42_000);
    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_DISPUTED);
    assertThat(consumer.ledger.verify().problem()).isEmpty();
  }

  @Test
  void aProviderThatNeverAcknowledgesTheLastVoucherIsGivenUp() throws Exception {
    consumer.network.losesVouchers = true;
    consumer.network.onTheWay =
        response ->
            response.hasReceipt() ? SettleResponse.getDefaultInstance() : keptOpen(response);
    var _ = consumer.leases.close(consumer.lease().getLeaseId());

    world.run(Duration.ofMinutes(61));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.leases.openCount()).isZero();
  }

  @Test
  void aProviderThatKeepsItsStreamOpenAndSaysNothingIsGivenUp() throws Exception {
    consumer.network.silent = true;

    world.run(Duration.ofMinutes(61));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.leases.openCount()).isZero();
    assertThat(consumer.ledger.verify().problem()).isEmpty();
  }

  @Test
  void aFloodOfChangesIsCutOffAndDoesNotFillTheLedger() throws Exception {
    long entries = consumer.ledger.size();
    LeaseStatus running = consumer.lease().getStatus();
    for (int i = 0; i < 5_000; i++) {
      consumer.network.tell(
          SettleResponse.newBuilder()
              .setStatus(
                  running.toBuilder()
                      .clearUsage()
                      .setState(
                          i % 2 == 0
                              ? LeaseState.LEASE_STATE_SUSPENDED
                              : LeaseState.LEASE_STATE_RUNNING))
              .build());
    }

    assertThat(consumer.ledger.size() - entries).isLessThanOrEqualTo(LeaseLimits.SETTLE_MESSAGES);
    world.run(Duration.ofSeconds(30));
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void manyOffersThatAProviderDoesNotKeepAndNumbersAnewDoNotHideTheOthers() throws Exception {
    ProviderSide honest = world.provider(2 * PRICE, 1);
    provider.offers = false;
    ConsumerSide other = world.consumer(provider, honest);
    AtomicLong sequence = new AtomicLong();
    other.market =
        request ->
            request.getPageToken().isEmpty()
                ? page(decoys(sequence.incrementAndGet())).toBuilder().setNextPageToken("2").build()
                : page(List.of(honest.listing()));

    other.deploy(other.order(1, Duration.ofMinutes(1)));
    world.tick();

    assertThat(other.lease().getCounterparty()).isEqualTo(honest.id().text());
    assertThat(other.steps).filteredOn(DeployStep.MatchFailed.class::isInstance).hasSize(1);
  }

  @Test
  void offersThatAreNumberedAnewForeverDoNotKeepADeploymentBusyForever() throws Exception {
    provider.offers = false;
    ConsumerSide other = world.consumer(provider);
    AtomicLong sequence = new AtomicLong();
    other.market = _ -> page(decoys(sequence.incrementAndGet()));

    other.deploy(other.order(1, Duration.ofMinutes(1)));

    assertThat(other.steps)
        .last()
        .isEqualTo(
            new DeployStep.MatchRefused(
                "every offer that fits was tried (16) and none gave a lease"));
  }

  private static SearchOffersResponse page(List<OfferListing> offers) {
    return SearchOffersResponse.newBuilder().addAllOffers(offers).build();
  }

  private List<OfferListing> decoys(long sequence) {
    return IntStream.range(0, LeaseLimits.MATCHES_READ)
        .mapToObj(i -> decoy("decoy-" + i, sequence))
        .toList();
  }

  private OfferListing decoy(String offerId, long sequence) {
    try {
      OfferListing real = provider.listing();
      return real.toBuilder()
          .setOffer(
              EnvelopeKind.OFFER.sign(
                  provider.key,
                  EnvelopeKind.OFFER.parse(real.getOffer()).toBuilder()
                      .setOfferId(offerId)
                      .setSequence(sequence)
                      .build()))
          .build();
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SettleResponse keptOpen(SettleResponse response) {
    return response.hasStatus()
        ? response.toBuilder()
            .setStatus(response.getStatus().toBuilder().setState(LeaseState.LEASE_STATE_CLOSING))
            .build()
        : response;
  }

  private SignedEnvelope renamed(SignedEnvelope quote, String leaseId) {
    try {
      return EnvelopeKind.QUOTE.sign(
          provider.key, EnvelopeKind.QUOTE.parse(quote).toBuilder().setLeaseId(leaseId).build());
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException(e);
    }
  }
}
