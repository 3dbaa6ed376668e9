package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

class IndexedOrderBookTest extends OrderBookContract {
  @Override
  OrderBook book() {
    return new IndexedOrderBook(1);
  }

  @Property(tries = 60)
  void itAnswersAsThePlainBookWhateverHappens(@ForAll long seed) {
    compare(seed);
  }

  @Tag("long")
  @Property(tries = 20_000)
  void itAnswersAsThePlainBookWhateverHappensForHours(@ForAll long seed) {
    compare(seed);
  }

  private static void compare(long seed) {
    Random random = new Random(seed);
    PlainOrderBook plain = new PlainOrderBook(seed);
    IndexedOrderBook indexed = new IndexedOrderBook(seed);
    List<long[]> holds = new ArrayList<>();
    int names = 1 << random.nextInt(10);
    for (int step = 0; step < 300; step++) {
      change(random, names, plain, indexed, holds);
      indexed.validate();
      if (step % 5 == 0) {
        Order order = Markets.order(random);
        assertThat(indexed.match(order, Markets.NOW)).isEqualTo(plain.match(order, Markets.NOW));
        assertThat(indexed.size()).isEqualTo(plain.size());
      }
    }
  }

  private static void change(
      Random random,
      int names,
      PlainOrderBook plain,
      IndexedOrderBook indexed,
      List<long[]> holds) {
    int number = random.nextInt(names);
    switch (random.nextInt(12)) {
      case 0 -> {
        OfferKey key = Markets.offer(random, number).key();
        long sequence = random.nextInt(300);
        long expire = 900L + random.nextInt(1_000);
        assertThat(indexed.isNews(key, sequence)).isEqualTo(plain.isNews(key, sequence));
        assertThat(indexed.withdraw(key, sequence, expire))
            .isEqualTo(plain.withdraw(key, sequence, expire));
      }
      case 1 -> {
        long now = 880L + random.nextInt(60);
        assertThat(indexed.expire(now)).isEqualTo(plain.expire(now));
      }
      case 2, 3 -> {
        Order order = Markets.order(random);
        long held = indexed.hold(order, Markets.NOW);
        long expected = plain.hold(order, Markets.NOW);
        assertThat(held < 0).isEqualTo(expected < 0);
        assertThat(indexed.held(held)).isEqualTo(plain.held(expected));
        holds.add(new long[] {held, expected});
      }
      case 4 -> {
        if (!holds.isEmpty()) {
          long[] pair = holds.get(random.nextInt(holds.size()));
          assertThat(indexed.release(pair[0])).isEqualTo(plain.release(pair[1]));
        }
      }
      default -> {
        Offer offer = Markets.offer(random, number, 1 + random.nextInt(300));
        assertThat(indexed.upsert(offer)).isEqualTo(plain.upsert(offer));
        assertThat(indexed.offer(offer.key())).isEqualTo(plain.offer(offer.key()));
      }
    }
  }

  @Property(tries = 20)
  void aThousandOffersOfWhichMuchIsEqualAreAnsweredAsByThePlainBook(@ForAll long seed) {
    Random random = new Random(seed);
    PlainOrderBook plain = new PlainOrderBook(seed);
    IndexedOrderBook indexed = new IndexedOrderBook(seed);
    for (int i = 0; i < 2_000; i++) {
      Offer offer = Markets.offer(random, i);
      Offer spread =
          new Offer(
              new OfferKey("p" + random.nextInt(500), offer.key().name()),
              offer.sequence(),
              new GpuKind("h100", 9, 81_920),
              offer.gpuCount(),
              offer.gpuAvailable(),
              new Price("USD", random.nextInt(3)),
              offer.region(),
              offer.resources(),
              0,
              offer.maxDurationMillis(),
              offer.runtimes(),
              false,
              offer.expireTimeMillis());
      plain.upsert(spread);
      indexed.upsert(spread);
    }
    indexed.validate();
    for (int i = 0; i < 20; i++) {
      Order order = Markets.order(random);
      assertThat(indexed.match(order, Markets.NOW)).isEqualTo(plain.match(order, Markets.NOW));
    }
  }

  @Test
  void moreKindsThanBucketsShareTheMixedOne() {
    PlainOrderBook plain = new PlainOrderBook(1);
    IndexedOrderBook indexed = new IndexedOrderBook(1);
    Random random = new Random(1);
    for (int i = 0; i < 3 * IndexedOrderBook.MAX_BUCKETS; i++) {
      Offer offer = Markets.offer(random, i);
      Offer odd =
          withKind(
              new GpuKind("model" + i % 2_000, offer.gpu().tier(), offer.gpu().vramMib()), offer);
      assertThat(indexed.upsert(odd)).isEqualTo(plain.upsert(odd));
    }
    indexed.validate();
    for (int i = 0; i < 50; i++) {
      Order order = Markets.order(random);
      assertThat(indexed.match(order, Markets.NOW)).isEqualTo(plain.match(order, Markets.NOW));
    }
    assertThat(indexed.expire(5_000)).isEqualTo(plain.expire(5_000));
    indexed.validate();
    assertThat(indexed.upsert(Markets.offer(random, 1, 9))).isTrue();
    indexed.validate();
  }

  @Test
  void kindsGetBucketsOfTheirOwnAgainWhenInventedOnesAreGone() {
    IndexedOrderBook book = new IndexedOrderBook(1);
    Random random = new Random(1);
    for (int i = 0; i <= IndexedOrderBook.MAX_BUCKETS; i++) {
      book.upsert(ofModel("invented" + i, Markets.offer(random, i, 1)));
    }
    Offer honest = ofModel("h100", Markets.offer(random, 5_000, 1));
    book.upsert(honest);
    assertThat(book.view().buckets().ofModel("h100")).isEmpty();

    for (int i = 0; i <= IndexedOrderBook.MAX_BUCKETS; i++) {
      book.withdraw(Markets.offer(random, i).key(), 2, 2_000);
    }
    book.upsert(ofModel("h100", Markets.offer(random, 5_000, 2)));

    assertThat(book.view().buckets().ofModel("h100")).hasSize(1);
    assertThat(book.view().root(book.view().buckets().ofModel("h100")[0]).offers()).isEqualTo(1);
    book.validate();
  }

  @Test
  void aNumberThatNoHoldHasHoldsNothing() {
    IndexedOrderBook book = new IndexedOrderBook(1);
    book.upsert(Markets.offer(new Random(1), 1));

    for (long number : new long[] {-1, 0, 1, 0x8000_0000L, 0xffff_ffffL, Long.MAX_VALUE}) {
      assertThat(book.held(number)).isEmpty();
      assertThat(book.release(number)).isFalse();
    }
  }

  private static Offer ofModel(String model, Offer offer) {
    return withKind(new GpuKind(model, 9, 81_920), offer);
  }

  private static Offer withKind(GpuKind gpu, Offer offer) {
    return new Offer(
        offer.key(),
        offer.sequence(),
        gpu,
        offer.gpuCount(),
        offer.gpuAvailable(),
        offer.price(),
        offer.region(),
        offer.resources(),
        offer.minDurationMillis(),
        offer.maxDurationMillis(),
        offer.runtimes(),
        offer.simulated(),
        offer.expireTimeMillis());
  }
}
