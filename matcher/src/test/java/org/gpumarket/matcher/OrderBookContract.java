package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What every order book does. */
abstract class OrderBookContract {
  private static final long NOW = 1_000;

  private final OrderBook book = book();

  /** An empty book with the secret 1. */
  abstract OrderBook book();

  @Test
  void theCheapestThatFitsIsFirstAndSaidWhy() {
    book.upsert(offer("a", "rtx4090", 300_000, "eu-de"));
    book.upsert(offer("b", "rtx4090", 170_000, "na-us"));
    book.upsert(offer("c", "rtx4090", 200_000, "eu-fr"));

    Match match = book.match(order(wanting(List.of(new Region("eu")), 250_000)), NOW);

    assertThat(match.ranked()).extracting(o -> o.key().provider()).containsExactly("c");
    assertThat(match.explanation())
        .isEqualTo("rtx4090 at 0.2 USD per GPU-hour in eu-fr is the only one of 3 that fits");
  }

  @Test
  void aChoiceNamesTheRunnerUp() {
    book.upsert(offer("a", "rtx4090", 300_000, "eu-de"));
    book.upsert(offer("b", "rtx4090", 170_000, "na-us"));

    assertThat(book.match(order(Requirements.in("USD")), NOW).explanation())
        .isEqualTo(
            "rtx4090 at 0.17 USD per GPU-hour in na-us is the cheapest of 2 that fit"
                + " (2 considered); the next asks 0.3 USD in eu-de");
  }

  @Test
  void aRefusalCountsEachOfferOnceUnderTheFirstRequirementItFails() {
    book.upsert(offer("a", "rtx4090", 400_000, "eu-de"));
    book.upsert(offer("b", "rtx4090", 400_000, "eu-fr"));
    book.upsert(offer("c", "rtx4090", 400_000, "na-us"));

    Match match = book.match(order(wanting(List.of(new Region("eu")), 300_000)), NOW);

    assertThat(match.explanation())
        .isEqualTo("3 offers: 3 dearer than 0.3 USD; one would fit at 0.4 USD");
    assertThat(match.exclusions())
        .extracting(Exclusion::criterion, Exclusion::counted, Exclusion::alone)
        .containsExactly(tuple(Criterion.PRICE, 3, 2));
  }

  @Test
  void anEmptyBookSaysThatNoOfferIsKnown() {
    assertThat(book.match(order(Requirements.in("USD")), NOW).explanation())
        .isEqualTo("no offer is known");
  }

  @Test
  void simulatedOffersAreForThoseWhoAskForThem() {
    Offer real = offer("a", "rtx4090", 1, "eu");
    book.upsert(
        new Offer(
            real.key(),
            1,
            real.gpu(),
            1,
            1,
            real.price(),
            real.region(),
            real.resources(),
            0,
            Long.MAX_VALUE,
            real.runtimes(),
            true,
            2_000));

    assertThat(book.match(order(Requirements.in("USD")), NOW).explanation())
        .isEqualTo("1 offer: 1 simulated; one would fit if simulated GPUs will do");
  }

  @Test
  void olderAndRepeatedVersionsChangeNothing() {
    assertThat(book.upsert(offer("a", 2, 5))).isTrue();
    assertThat(book.upsert(offer("a", 2, 6))).isFalse();
    assertThat(book.upsert(offer("a", 1, 7))).isFalse();
    assertThat(book.offer(new OfferKey("a", "o")).orElseThrow().price().microsPerGpuHour())
        .isEqualTo(5);
  }

  @Test
  void aWithdrawnOfferDoesNotComeBackByALateCopy() {
    book.upsert(offer("a", 2, 5));

    assertThat(book.withdraw(new OfferKey("a", "o"), 3, 2_000)).isTrue();
    assertThat(book.upsert(offer("a", 2, 5))).isFalse();
    assertThat(book.upsert(offer("a", 4, 5))).isTrue();
    assertThat(book.withdraw(new OfferKey("a", "o"), 3, 2_000)).isFalse();
  }

  @Test
  void whatHasExpiredIsNotMatchedAndGoesAway() {
    book.upsert(offer("a", "rtx4090", 1, "eu"));

    assertThat(book.match(order(Requirements.in("USD")), 2_000).considered()).isZero();
    assertThat(book.expire(2_000)).isEqualTo(1);
    assertThat(book.size()).isZero();
  }

  @Test
  void equalOffersShareTheOrdersEvenly() {
    for (int i = 0; i < 4; i++) {
      book.upsert(offer("provider-" + i, "rtx4090", 100, "eu"));
    }
    int[] wins = new int[4];
    for (long salt = 0; salt < 4_000; salt++) {
      String first =
          book.match(new Order(Requirements.in("USD"), Policy.CHEAPEST, 1, salt), NOW)
              .ranked()
              .getFirst()
              .key()
              .provider();
      wins[first.charAt(first.length() - 1) - '0']++;
    }

    assertThat(IntStream.of(wins)).allSatisfy(count -> assertThat(count).isBetween(800, 1_200));
  }

  @Test
  void balanceWeighsTheRegionNamedFirstAgainstThePrice() {
    book.upsert(offer("near", "rtx4090", 110, "eu-de"));
    book.upsert(offer("far", "rtx4090", 100, "na-us"));
    Requirements wanted = wanting(List.of(new Region("eu"), new Region("na")), 1_000);

    assertThat(book.match(new Order(wanted, Policy.BALANCED, 2, 0), NOW).ranked().getFirst().key())
        .isEqualTo(new OfferKey("near", "o"));
  }

  @Test
  void aRegionMatchesByWholeParts() {
    assertThat(new Region("na-us-tx").within(new Region("na-us"))).isTrue();
    assertThat(new Region("eu").within(new Region("eu-de"))).isFalse();
    assertThat(new Region("na-us-tx").within(new Region("na-us-t"))).isFalse();
    assertThatThrownBy(() -> new Region("Europe")).hasMessageContaining("eu-de");
  }

  @Property(tries = 200)
  void rankedOffersMeetEveryRequirementAndTheCountsAddUp(@ForAll long seed) {
    OrderBook book = book();
    Random random = new Random(seed);
    List<Offer> offers = IntStream.range(0, 30).mapToObj(i -> Markets.offer(random, i)).toList();
    offers.forEach(book::upsert);
    Requirements wanted = Markets.requirements(random);
    Order order =
        new Order(wanted, random.nextBoolean() ? Policy.CHEAPEST : Policy.BALANCED, 100, seed);

    Match match = book.match(order, NOW);

    assertThat(match.ranked())
        .allSatisfy(
            offer ->
                assertThat(Criterion.values())
                    .allMatch(criterion -> criterion.meets(offer, wanted)));
    if (match.fitting() == 0) {
      assertThat(match.exclusions().stream().mapToInt(Exclusion::counted).sum())
          .isEqualTo(match.considered());
    }
    if (order.policy() == Policy.CHEAPEST) {
      assertThat(match.ranked())
          .extracting(o -> o.price().microsPerGpuHour())
          .isSortedAccordingTo(Long::compare);
    }
  }

  @Test
  void anOfferInAnotherCurrencyNeverComparesByItsNumber() {
    book.upsert(offer("a", "rtx4090", 300_000, "eu-de"));
    Offer euros = offer("b", "rtx4090", 290_000, "eu-de");
    book.upsert(Markets.priced(euros, new Price("EUR", 290_000)));

    Match match = book.match(order(Requirements.in("USD")), NOW);

    assertThat(match.ranked()).extracting(o -> o.price().currency()).containsExactly("USD");
  }

  @Test
  void aRefusalNamesTheSmallestSingleRelaxations() {
    book.upsert(offer("a", "rtx4090", 340_000, "eu-de"));
    book.upsert(offer("b", "rtx4090", 400_000, "eu-de"));
    book.upsert(offer("c", "rtx4090", 250_000, "na-us"));
    book.upsert(offer("d", "rtx4090", 200_000, "na-us-tx"));

    Match match = book.match(order(wanting(List.of(new Region("eu")), 300_000)), NOW);

    assertThat(match.explanation())
        .isEqualTo(
            "4 offers: 2 dearer than 0.3 USD, 2 outside eu;"
                + " one would fit at 0.34 USD, or in na-us-tx");
  }

  @Test
  void aRefusalSaysHowLongALeaseMayLast() {
    book.upsert(offer("a", "rtx4090", 340_000, "eu-de"));
    Requirements wanted = Requirements.builder("USD").durationMillis(8 * 86_400_000L).build();

    assertThat(book.match(order(wanted), NOW).explanation())
        .isEqualTo("1 offer: 1 not for 8 days; one would fit for at most 1 day");
  }

  @Test
  void anOfferServesSeveralOrdersUntilItsGpusAreHeld() {
    book.upsert(offer("a", "rtx4090", 1, "eu"));
    Order one = order(Requirements.in("USD"));

    long first = book.hold(one, NOW);
    long second = book.hold(one, NOW);

    assertThat(book.held(first)).isPresent();
    assertThat(book.hold(one, NOW)).isEqualTo(OrderBook.NOTHING_HELD);
    assertThat(book.release(second)).isTrue();
    assertThat(book.release(second)).isFalse();
    assertThat(book.hold(one, NOW)).isNotNegative();
  }

  @Test
  void aHoldOutlivesANewVersionButNotTheOffer() {
    book.upsert(offer("a", 1, 5));
    long hold = book.hold(order(Requirements.builder("USD").gpuCount(2).build()), NOW);
    book.upsert(offer("a", 2, 4));

    assertThat(book.held(hold).orElseThrow().gpuAvailable()).isZero();
    book.withdraw(new OfferKey("a", "o"), 3, 2_000);
    book.upsert(offer("a", 4, 4));
    assertThat(book.held(hold)).isEmpty();
    assertThat(book.offer(new OfferKey("a", "o")).orElseThrow().gpuAvailable()).isEqualTo(2);
  }

  @Property(tries = 100)
  void theOrderOfArrivalChangesNothing(@ForAll long seed) {
    OrderBook book = book();
    Random random = new Random(seed);
    List<Offer> offers =
        new java.util.ArrayList<>(
            IntStream.range(0, 30).mapToObj(i -> Markets.offer(random, i)).toList());
    Order order = new Order(Markets.requirements(random), Policy.BALANCED, 100, seed);
    offers.forEach(book::upsert);
    Collections.shuffle(offers, random);
    OrderBook other = book();
    offers.forEach(other::upsert);

    assertThat(other.match(order, NOW)).isEqualTo(book.match(order, NOW));
  }

  private static Order order(Requirements wanted) {
    return new Order(wanted, Policy.CHEAPEST, 10, 0);
  }

  private static Requirements wanting(List<Region> regions, long maxMicros) {
    return Requirements.builder("USD").regions(regions).maxPriceMicros(maxMicros).build();
  }

  private static Offer offer(String provider, long sequence, long micros) {
    return offer(provider, sequence, "rtx4090", micros, "eu");
  }

  private static Offer offer(String provider, String model, long micros, String region) {
    return offer(provider, 1, model, micros, region);
  }

  private static Offer offer(
      String provider, long sequence, String model, long micros, String region) {
    return new Offer(
        new OfferKey(provider, "o"),
        sequence,
        new GpuKind(model, 5, 24_576),
        2,
        2,
        new Price("USD", micros),
        new Region(region),
        new Resources(8_000, 32_768, 100_000),
        0,
        86_400_000,
        Set.of(RuntimeKind.CONTAINER),
        false,
        2_000);
  }
}
