package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Views are read by several threads while the writer goes on. */
class ReadersBesideAWriterTest {
  private static final int NAMES = 600;
  private static final int CHANGES = 6_000;

  private final Markets.Crowd crowd = new Markets.Crowd(2, 90, 12, NAMES);
  private final IndexedOrderBook book = new IndexedOrderBook(1);
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  void eachViewAnswersAsAPlainBookOfTheMomentItWasTaken() throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> readers =
          IntStream.range(0, 3).mapToObj(seed -> threads.submit(reader(seed))).toList();
      write();
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
    book.validate();
  }

  private void write() {
    Random random = new Random(1);
    for (int step = 1; step <= CHANGES; step++) {
      int number = random.nextInt(NAMES);
      switch (random.nextInt(8)) {
        case 0 -> book.withdraw(crowd.key(number), step, 950);
        case 1 -> book.hold(Markets.order(random), Markets.NOW);
        case 2 -> book.expire(Markets.NOW - 100 + random.nextInt(10));
        default -> book.upsert(crowd.offer(random, number, step));
      }
    }
    done.set(true);
  }

  /** Compares until the writer is done; says how often. */
  private Callable<Integer> reader(long seed) {
    return () -> {
      Random random = new Random(seed);
      int compared = 0;
      do {
        PlainOrderBook plain = new PlainOrderBook(1);
        BookView view = viewInto(plain);
        for (int i = 0; i < 4; i++) {
          Order order = Markets.order(random);
          assertThat(view.match(order, Markets.NOW)).isEqualTo(plain.match(order, Markets.NOW));
        }
        compared++;
      } while (!done.get());
      return compared;
    };
  }

  /** A view, and its offers as the book tells them one by one at the same moment. */
  private BookView viewInto(PlainOrderBook plain) {
    synchronized (book) {
      for (int number = 0; number < NAMES; number++) {
        book.offer(crowd.key(number)).ifPresent(plain::upsert);
      }
      return Objects.requireNonNull(book.view());
    }
  }
}
