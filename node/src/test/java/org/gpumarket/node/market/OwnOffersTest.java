package org.gpumarket.node.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.v1.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnOffersTest {
  private static final Duration HALF_LIFE = OwnOffers.LIFE.dividedBy(2);

  private final SigningKey identity = SigningKey.generate(new SecureRandom());
  private final MovableClock clock = new MovableClock(1_800_000_000_000L);
  private final OfferBoard board =
      new OfferBoard(new IndexedOrderBook(1), AddressPolicy.like(List.of()), clock);
  private List<Offer> wanted = List.of(SampleOffer.terms("o", 300_000));

  /** Numbers that a test can refuse. */
  private boolean failing;

  private long number;

  @Test
  void anOfferIsPublishedOnceAndRenewedAtHalfItsLife() throws Exception {
    OwnOffers offers = offers();
    offers.refresh();
    offers.refresh();
    clock.advance(HALF_LIFE.minusMillis(1));
    offers.refresh();
    assertThat(standing().getSequence()).isEqualTo(1);

    clock.advance(Duration.ofMillis(1));
    offers.refresh();

    assertThat(standing().getSequence()).isEqualTo(2);
    assertThat(standing().getExpireTimeUnixMs())
        .isEqualTo(clock.millis() + OwnOffers.LIFE.toMillis());
    assertThat(offers.published("o")).contains(standing());
  }

  @Test
  void newTermsGoOutAtOnceAndWhatIsOfferedNoMoreIsWithdrawn() throws Exception {
    OwnOffers offers = offers();
    offers.refresh();
    wanted = List.of(SampleOffer.terms("o", 400_000));
    offers.refresh();
    assertThat(standing().getPrice().getMicrosPerGpuHour()).isEqualTo(400_000);

    wanted = List.of();
    offers.refresh();

    assertThat(board.size()).isZero();
    assertThat(EnvelopeKind.OFFER.parse(board.newest(key()).orElseThrow()).getWithdrawn()).isTrue();
    assertThat(offers.published("o")).isEmpty();
  }

  @Test
  void aRestartGoesOnWithHigherNumbers(@TempDir Path folder) throws Exception {
    try (Ledger ledger = Ledger.open(folder, identity, clock)) {
      new OwnOffers(identity, ledger, board, clock, () -> wanted).refresh();
      assertThat(standing().getSequence()).isEqualTo(1);
    }

    try (Ledger ledger = Ledger.open(folder, identity, clock)) {
      new OwnOffers(identity, ledger, board, clock, () -> wanted).refresh();
      assertThat(standing().getSequence()).isEqualTo(2);
    }
  }

  @Test
  void aClosedLedgerPublishesNothingAndThrowsNothing(@TempDir Path folder) throws Exception {
    Ledger ledger = Ledger.open(folder, identity, clock);
    ledger.close();
    OwnOffers offers = new OwnOffers(identity, ledger, board, clock, () -> wanted);

    offers.refresh();

    assertThat(board.size()).isZero();
    assertThat(offers.published("o")).isEmpty();
  }

  @Test
  void aWithdrawalThatCouldNotBeWrittenIsTriedAgain() {
    OwnOffers offers = offers();
    offers.refresh();
    wanted = List.of();
    failing = true;
    offers.refresh();
    assertThat(board.size()).isEqualTo(1);
    assertThat(offers.published("o")).as("leased no more").isEmpty();

    failing = false;
    offers.refresh();

    assertThat(board.size()).isZero();
  }

  @Test
  void anOfferThatIsOfferedAgainIsNotWithdrawnLate() throws Exception {
    OwnOffers offers = offers();
    offers.refresh();
    List<Offer> before = wanted;
    wanted = List.of();
    failing = true;
    offers.refresh();
    failing = false;
    wanted = before;

    offers.refresh();
    offers.refresh();

    assertThat(standing().getSequence()).isEqualTo(2);
  }

  @Test
  void aRenewalThatCouldNotBeWrittenIsTriedAgain() throws Exception {
    OwnOffers offers = offers();
    offers.refresh();
    clock.advance(HALF_LIFE);
    failing = true;
    offers.refresh();
    assertThat(standing().getSequence()).isEqualTo(1);

    failing = false;
    offers.refresh();

    assertThat(standing().getSequence()).isEqualTo(2);
  }

  @Test
  void whatTheBoardDoesNotTakeIsNotPublished() {
    wanted = List.of(SampleOffer.terms("o", 300_000).toBuilder().clearAddresses().build());
    OwnOffers offers = offers();

    offers.refresh();

    assertThat(offers.published("o")).isEmpty();
  }

  @Test
  void allAreTakenBackAtTheEndAndNothingIsPublishedAfter() {
    wanted = List.of(SampleOffer.terms("o", 1), SampleOffer.terms("p", 1));
    OwnOffers offers = offers();
    offers.refresh();
    assertThat(board.size()).isEqualTo(2);

    offers.withdrawAll();
    offers.refresh();

    assertThat(board.size()).isZero();
  }

  private OwnOffers offers() {
    return new OwnOffers(identity, _ -> next(), board, clock, () -> wanted);
  }

  private long next() {
    if (failing) {
      throw new CompletionException("the disk is full", new IllegalStateException());
    }
    return ++number;
  }

  private Offer standing() throws Exception {
    return EnvelopeKind.OFFER.parse(board.envelope(key()).orElseThrow());
  }

  private OfferKey key() {
    return new OfferKey(identity.nodeId().text(), "o");
  }
}
