package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PlainOrderBookTest {
  private static final long NOW = 1_000;

  private final PlainOrderBook book = new PlainOrderBook();

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

    assertThat(book.match(order(Requirements.ANY), NOW).explanation())
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

    assertThat(match.explanation()).isEqualTo("3 offers: 2 dearer than 0.3 USD, 1 outside eu");
    assertThat(match.exclusions())
        .containsExactly(
            new Exclusion(Criterion.REGION, 1, 0), new Exclusion(Criterion.PRICE, 2, 2));
  }

  @Test
  void anEmptyBookSaysThatNoProviderIsKnown() {
    assertThat(book.match(order(Requirements.ANY), NOW).explanation())
        .contains("heard of no provider");
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

    assertThat(book.match(order(Requirements.ANY), NOW).explanation())
        .isEqualTo("1 offer: 1 simulated");
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

    assertThat(book.match(order(Requirements.ANY), 2_000).considered()).isZero();
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
          book.match(new Order(Requirements.ANY, Policy.CHEAPEST, 1, salt), NOW)
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
    PlainOrderBook book = new PlainOrderBook();
    Random random = new Random(seed);
    List<Offer> offers = IntStream.range(0, 30).mapToObj(i -> random(random, i)).toList();
    offers.forEach(book::upsert);
    Requirements wanted = random(random);
    Order order =
        new Order(wanted, random.nextBoolean() ? Policy.CHEAPEST : Policy.BALANCED, 100, seed);

    Match match = book.match(order, NOW);

    assertThat(match.ranked())
        .allSatisfy(
            offer ->
                assertThat(Criterion.values())
                    .allMatch(criterion -> criterion.meets(offer, wanted)));
    assertThat(match.fitting() + match.exclusions().stream().mapToInt(Exclusion::counted).sum())
        .isEqualTo(match.considered());
    if (order.policy() == Policy.CHEAPEST) {
      assertThat(match.ranked())
          .extracting(o -> o.price().microsPerGpuHour())
          .isSortedAccordingTo(Long::compare);
    }
  }

  @Property(tries = 100)
  void theOrderOfArrivalChangesNothing(@ForAll long seed) {
    PlainOrderBook book = new PlainOrderBook();
    Random random = new Random(seed);
    List<Offer> offers =
        new java.util.ArrayList<>(IntStream.range(0, 30).mapToObj(i -> random(random, i)).toList());
    Order order = new Order(random(random), Policy.BALANCED, 100, seed);
    offers.forEach(book::upsert);
    Collections.shuffle(offers, random);
    PlainOrderBook other = new PlainOrderBook();
    offers.forEach(other::upsert);

    assertThat(other.match(order, NOW)).isEqualTo(book.match(order, NOW));
  }

  private static Order order(Requirements wanted) {
    return new Order(wanted, Policy.CHEAPEST, 10, 0);
  }

  private static Requirements wanting(List<Region> regions, long maxMicros) {
    return new Requirements(
        Set.of(),
        0,
        0,
        1,
        regions,
        List.of(),
        Optional.of(new Price("USD", maxMicros)),
        Resources.NONE,
        0,
        Optional.empty(),
        false,
        Set.of(),
        Set.of());
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

  private static Offer random(Random random, int number) {
    int count = 1 + random.nextInt(8);
    return new Offer(
        new OfferKey("p" + number % 7, "o" + number),
        1 + random.nextInt(3),
        new GpuKind(
            random.nextBoolean() ? "rtx4090" : "h100",
            1 + random.nextInt(11),
            8_192L << random.nextInt(4)),
        count,
        random.nextInt(count + 1),
        new Price(random.nextInt(10) == 0 ? "EUR" : "USD", random.nextInt(10) * 50_000L),
        new Region(List.of("eu", "eu-de", "na-us-tx", "as").get(random.nextInt(4))),
        new Resources(random.nextInt(16_000), random.nextInt(65_536), random.nextInt(1_000_000)),
        0,
        random.nextInt(10_000_000),
        random.nextBoolean() ? Set.of(RuntimeKind.CONTAINER) : Set.of(RuntimeKind.values()),
        random.nextInt(4) == 0,
        900 + random.nextInt(1_000));
  }

  private static Requirements random(Random random) {
    return new Requirements(
        random.nextBoolean() ? Set.of() : Set.of("h100"),
        random.nextInt(6),
        random.nextInt(20_000),
        1 + random.nextInt(3),
        random.nextBoolean() ? List.of() : List.of(new Region("eu"), new Region("na-us")),
        random.nextInt(3) > 0 ? List.of() : List.of(new Region("eu-de")),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(new Price("USD", random.nextInt(500_000))),
        new Resources(random.nextInt(4_000), random.nextInt(8_192), 0),
        random.nextInt(1_000_000),
        random.nextBoolean() ? Optional.empty() : Optional.of(RuntimeKind.PROCESS),
        random.nextBoolean(),
        random.nextInt(4) > 0 ? Set.of() : Set.of("p1", "p2"),
        random.nextInt(4) > 0 ? Set.of() : Set.of("p2"));
  }
}
