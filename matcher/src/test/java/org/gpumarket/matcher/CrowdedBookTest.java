package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Few kinds and many offers of each: trees of several levels that split, shrink and are copied. */
class CrowdedBookTest {
  @Property(tries = 15)
  void deepTreesAnswerAsThePlainBookAndViewsStandStill(@ForAll long seed) {
    compare(seed);
  }

  @Tag("long")
  @Property(tries = 3_000)
  void deepTreesAnswerAsThePlainBookAndViewsStandStillForHours(@ForAll long seed) {
    compare(seed);
  }

  private static void compare(long seed) {
    Random random = new Random(seed);
    Markets.Crowd crowd = Markets.Crowd.any(random);
    PlainOrderBook plain = new PlainOrderBook(seed);
    IndexedOrderBook indexed = new IndexedOrderBook(seed);
    Deque<Seen> seen = new ArrayDeque<>();
    List<long[]> holds = new ArrayList<>();
    for (int step = 1; step <= 600; step++) {
      change(random, crowd, step, plain, indexed, holds);
      if (step % 10 == 0) {
        indexed.validate();
      }
      if (step % 20 == 0) {
        Order order = Markets.order(random);
        Match match = plain.match(order, Markets.NOW);
        BookView view = indexed.view();
        assertThat(view.match(order, Markets.NOW)).isEqualTo(match);
        seen.add(new Seen(view, standing(view), order, match));
        if (seen.size() > 1 + random.nextInt(6)) {
          seen.remove().assertThatItStandsStill();
        }
      }
    }
    seen.forEach(Seen::assertThatItStandsStill);
  }

  /** Grows the market for a while, then shrinks it, and so on; an expiry takes much at once. */
  private static void change(
      Random random,
      Markets.Crowd crowd,
      int step,
      PlainOrderBook plain,
      IndexedOrderBook indexed,
      List<long[]> holds) {
    boolean growing = step / 100 % 2 == 0;
    switch (random.nextInt(40)) {
      case 0 -> {
        long now = Markets.NOW - 100 + random.nextInt(150);
        assertThat(indexed.expire(now)).isEqualTo(plain.expire(now));
      }
      case 1, 2, 3, 4 -> {
        Order order = Markets.order(random);
        long[] pair = {indexed.hold(order, Markets.NOW), plain.hold(order, Markets.NOW)};
        assertThat(indexed.held(pair[0])).isEqualTo(plain.held(pair[1]));
        holds.add(pair);
      }
      case 5, 6 -> {
        if (!holds.isEmpty()) {
          long[] pair = holds.get(random.nextInt(holds.size()));
          assertThat(indexed.release(pair[0])).isEqualTo(plain.release(pair[1]));
        }
      }
      default -> {
        for (int i = 0; i < 8; i++) {
          Offer offer = crowd.offer(random, random.nextInt(crowd.names()), step);
          if (growing || random.nextInt(4) == 0) {
            assertThat(indexed.upsert(offer)).isEqualTo(plain.upsert(offer));
          } else {
            withdrawFrom(random.nextInt(crowd.names()), crowd, step, plain, indexed);
          }
        }
      }
    }
  }

  /** Withdraws a run of offers, so that neighbours in a tree go together. */
  private static void withdrawFrom(
      int first, Markets.Crowd crowd, int step, PlainOrderBook plain, IndexedOrderBook indexed) {
    for (int number = first; number < first + 8; number++) {
      OfferKey key = crowd.key(number);
      assertThat(indexed.withdraw(key, step, 950)).isEqualTo(plain.withdraw(key, step, 950));
    }
  }

  /** All that a view has, after a check of its trees. */
  private static List<Offer> standing(BookView view) {
    return IntStream.of(view.buckets().everyNumber())
        .boxed()
        .flatMap(number -> PriceTree.validate(view.root(number)).stream())
        .map(Entry::offer)
        .toList();
  }

  /** A view, and what was in it when it was taken. */
  private record Seen(BookView view, List<Offer> offers, Order order, Match match) {
    void assertThatItStandsStill() {
      assertThat(standing(view)).isEqualTo(offers);
      assertThat(view.match(order, Markets.NOW)).isEqualTo(match);
    }
  }
}
