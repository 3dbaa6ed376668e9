package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What was withdrawn, replaced or has expired stays gone, however late its copies come. */
class LateCopiesTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final OfferKey KEY = new OfferKey("a", "o");

  private final IndexedOrderBook book = new IndexedOrderBook(1);

  @Test
  void aStrangersWithdrawalsDoNotBringBackWhatOthersWithdrew() {
    Offer offer = new Version(KEY, 1, NOW, NOW + 10 * MINUTE, false).offer();
    book.upsert(offer);
    book.withdraw(KEY, 2, NOW + 10 * MINUTE);

    for (int i = 0; i < 100_001; i++) {
      book.withdraw(new OfferKey("stranger", "o" + i), 1, NOW + 60 * MINUTE);
    }

    assertThat(book.upsert(offer)).isFalse();
  }

  @Test
  void anOlderVersionThatLivesLongerDoesNotComeBackWhenTheNewerHasExpired() {
    Offer older = new Version(KEY, 1, NOW, NOW + 60 * MINUTE, false).offer();
    book.upsert(older);
    book.upsert(new Version(KEY, 2, NOW, NOW + MINUTE, false).offer());
    assertThat(book.expire(NOW + 2 * MINUTE)).isEqualTo(1);

    assertThat(book.upsert(older)).isFalse();
    assertThat(book.isNews(KEY, 2)).isFalse();
    assertThat(book.isNews(KEY, 3)).isTrue();
  }

  @Test
  void aWithdrawalThatComesBeforeItsOfferHolds() {
    assertThat(book.withdraw(KEY, 2, NOW + MINUTE)).isFalse();

    assertThat(book.upsert(new Version(KEY, 1, NOW, NOW + MINUTE, false).offer())).isFalse();
    assertThat(book.upsert(new Version(KEY, 3, NOW, NOW + MINUTE, false).offer())).isTrue();
  }

  /** The model: the highest version that ever came decides, and nothing is ever forgotten. */
  @Property(tries = 300)
  void theBookAnswersAsIfItForgotNothing(@ForAll long seed) {
    Random random = new Random(seed);
    IndexedOrderBook book = new IndexedOrderBook(1);
    Map<OfferKey, Version> model = new HashMap<>();
    List<Version> versions = versions(random);
    long now = NOW;
    for (int step = 0; step < 200; step++) {
      now += random.nextInt((int) (2 * MINUTE));
      if (random.nextInt(4) == 0) {
        book.expire(now);
      }
      Version came = versions.get(random.nextInt(versions.size()));
      if (came.issued > now || came.expires <= now) {
        continue;
      }
      Version last = model.get(came.key);
      boolean news = last == null || last.sequence < came.sequence;
      assertThat(book.isNews(came.key, came.sequence)).isEqualTo(news);
      if (came.withdrawal) {
        boolean standing = book.offer(came.key).isPresent();
        assertThat(book.withdraw(came.key, came.sequence, came.expires))
            .isEqualTo(news && standing);
      } else {
        assertThat(book.upsert(came.offer())).isEqualTo(news);
      }
      if (news) {
        model.put(came.key, came);
      }
      for (OfferKey key : model.keySet()) {
        assertThat(standing(book, key, now)).isEqualTo(standing(model.get(key), now));
      }
    }
  }

  /** The sequence of what a book would match now; 0 for none. */
  private static long standing(IndexedOrderBook book, OfferKey key, long now) {
    return book.offer(key).filter(o -> o.expireTimeMillis() > now).map(Offer::sequence).orElse(0L);
  }

  private static long standing(Version newest, long now) {
    return newest.withdrawal || newest.expires <= now ? 0 : newest.sequence;
  }

  /** Some providers' offers over some hours: later numbers are issued later, for any life. */
  private static List<Version> versions(Random random) {
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      OfferKey key = new OfferKey("p" + i % 2, "o" + i);
      long issued = NOW;
      for (int sequence = 1; sequence <= 20; sequence++) {
        issued += random.nextInt((int) (20 * MINUTE));
        long life = 1 + random.nextLong(Offer.MAX_LIFE_MILLIS);
        versions.add(new Version(key, sequence, issued, issued + life, random.nextInt(4) == 0));
      }
    }
    return versions;
  }

  private record Version(
      OfferKey key, long sequence, long issued, long expires, boolean withdrawal) {
    Offer offer() {
      return new Offer(
          key,
          sequence,
          new GpuKind("rtx4090", 5, 24_576),
          1,
          1,
          new Price("USD", 1),
          new Region("eu"),
          Resources.NONE,
          0,
          1_000,
          Set.of(RuntimeKind.CONTAINER),
          false,
          expires);
    }
  }
}
