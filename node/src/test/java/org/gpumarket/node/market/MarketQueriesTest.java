package org.gpumarket.node.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarketQueriesTest {
  private final MovableClock clock = new MovableClock(1_800_000_000_000L);
  private final OfferBoard board =
      new OfferBoard(new IndexedOrderBook(1), AddressPolicy.like(List.of()), clock);
  private final MarketQueries queries = new MarketQueries(board, "USD", new Random(1));

  @Test
  void thePagesTogetherHoldEveryOfferOnceInOneOrder() {
    post(10, 20);

    List<OfferListing> paged = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    SearchOffersResponse page = queries.search(request(30, ""));
    while (true) {
      sizes.add(page.getOffersCount());
      paged.addAll(page.getOffersList());
      assertThat(page.getFittingCount()).isEqualTo(200);
      if (page.getNextPageToken().isEmpty()) {
        break;
      }
      page = queries.search(request(30, page.getNextPageToken()));
    }

    assertThat(sizes).containsExactly(30, 30, 30, 30, 30, 30, 20);
    assertThat(paged).doesNotHaveDuplicates().hasSize(200);
    String salt = queries.search(request(30, "")).getNextPageToken();
    assertThat(
            queries.search(request(200, "0" + salt.substring(salt.indexOf('.')))).getOffersList())
        .containsExactlyInAnyOrderElementsOf(paged);
  }

  @Test
  void onePageIsAHundredUnlessAskedOtherwise() {
    post(2, 64);

    assertThat(queries.search(request(0, "")).getOffersCount()).isEqualTo(100);
    assertThatThrownBy(() -> queries.search(request(1_001, ""))).hasMessageContaining("1 to 1000");
    assertThatThrownBy(() -> queries.search(request(-1, ""))).hasMessageContaining("1 to 1000");
  }

  @Test
  void aPageBehindTheEndIsEmptyAndTheLast() {
    post(1, 3);

    SearchOffersResponse page = queries.search(request(10, "50.7"));

    assertThat(page.getOffersList()).isEmpty();
    assertThat(page.getNextPageToken()).isEmpty();
    assertThat(page.getFittingCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "1", "1.", ".1", "-1.5", "1.5.6", "2000000.1", "1.99999999999999999999"})
  void aTokenFromElsewhereIsRefused(String token) {
    assertThatThrownBy(() -> queries.search(request(10, token)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not from an earlier answer");
  }

  @Test
  void aPageOfLargeOffersEndsBeforeAMessageIsFull() {
    for (int i = 0; i < 12; i++) {
      SigningKey provider = SigningKey.generate(new SecureRandom());
      for (int j = 0; j < 64; j++) {
        post(provider, large("o" + j));
      }
    }

    SearchOffersResponse first = queries.search(request(1_000, ""));
    SearchOffersResponse second = queries.search(request(1_000, first.getNextPageToken()));

    assertThat(first.getSerializedSize()).isBetween(2 << 20, (2 << 20) + 10_000);
    assertThat(first.getOffersCount() + second.getOffersCount()).isEqualTo(12 * 64);
    assertThat(second.getNextPageToken()).isEmpty();
  }

  private void post(int providers, int each) {
    for (int i = 0; i < providers; i++) {
      SigningKey provider = SigningKey.generate(new SecureRandom());
      for (int j = 0; j < each; j++) {
        post(provider, SampleOffer.terms("o" + j, 300_000));
      }
    }
  }

  private void post(SigningKey provider, Offer terms) {
    Offer offer =
        terms.toBuilder()
            .setSequence(1)
            .setIssueTimeUnixMs(clock.millis())
            .setExpireTimeUnixMs(clock.millis() + 600_000)
            .build();
    assertThat(board.take(EnvelopeKind.OFFER.sign(provider, offer)))
        .isInstanceOf(org.gpumarket.node.peer.OfferExchange.Verdict.Taken.class);
  }

  /** As large as an offer may be: eight addresses, and runtimes again and again. */
  private static Offer large(String name) {
    Offer.Builder offer = SampleOffer.terms(name, 300_000).toBuilder();
    for (int i = 0; i < 3_800; i++) {
      offer.addRuntimes(offer.getRuntimes(0));
    }
    return offer.build();
  }

  private static SearchOffersRequest request(int size, String token) {
    return SearchOffersRequest.newBuilder().setPageSize(size).setPageToken(token).build();
  }
}
