package org.gpumarket.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.Order;
import org.gpumarket.matcher.OrderBook;

/**
 * Matches with a hold a second in a whole market, by the processor time of one thread: fresh, half
 * taken, nearly full and full; against SQLite in memory on the same orders. Then renewals and
 * changes a second. Arguments: offers (a million where none is given).
 */
public final class MatchRate {
  private static final long NOW = 1;
  private static final int ORDERS = 100_000;
  private static final int ROUNDS = 5;
  private static final int UPDATES = 200_000;
  private static final long SQLITE_NANOS = 5_000_000_000L;

  private MatchRate() {}

  public static void main(String[] args) throws Exception {
    int offers = String.join("", args).isEmpty() ? 1_000_000 : Integer.parseInt(args[0]);
    SampleMarket market = new SampleMarket(1);
    List<Offer> all = new ArrayList<>();
    for (int i = 0; i < offers; i++) {
      all.add(market.offer(i, 1));
    }
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < ORDERS; i++) {
      orders.add(market.order());
    }
    long before = used();
    IndexedOrderBook book = new IndexedOrderBook(1);
    long start = System.nanoTime();
    all.forEach(book::upsert);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%d offers, built in %.2f s, %d bytes an offer%n",
        offers,
        seconds,
        (used() - before) / offers);
    int sequence = 2;
    try (SqliteMarket sqlite = new SqliteMarket(all)) {
      for (int percent : new int[] {0, 50, 99, 100}) {
        Random random = new Random(percent);
        for (int i = 0; i < all.size(); i++) {
          int free = random.nextInt(100) < percent ? 0 : all.get(i).gpuCount();
          book.upsert(SampleMarket.withFree(all.get(i), sequence, free));
          sqlite.free(i, free);
        }
        sqlite.commit();
        sequence++;
        double matches = rate(book, orders, percent);
        double control = rate(sqlite, orders);
        System.out.printf(
            Locale.ROOT, "%d %%: SQLite %.0f/s; ratio %.0f%n", percent, control, matches / control);
      }
    }
    updates(book, market, all, sequence);
  }

  /** Of as many orders as SQLite answers in some seconds. */
  private static double rate(SqliteMarket sqlite, List<Order> orders) throws SQLException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    int done = 0;
    while (done < orders.size() && threads.getCurrentThreadCpuTime() - begin < SQLITE_NANOS) {
      var _ = sqlite.hold(orders.get(done++));
    }
    double seconds = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
    sqlite.rollback();
    return done / seconds;
  }

  private static double rate(OrderBook book, List<Order> orders, int percent) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] rates = new double[ROUNDS];
    long[] nanos = new long[orders.size()];
    long[] held = new long[orders.size()];
    int found = 0;
    long bytes = 0;
    for (int round = -2; round < ROUNDS; round++) {
      found = 0;
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long begin = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < held.length; i++) {
        long at = System.nanoTime();
        held[i] = book.hold(orders.get(i), NOW);
        nanos[i] = System.nanoTime() - at;
        found += held[i] < 0 ? 0 : 1;
      }
      double seconds = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
      bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      for (long hold : held) {
        book.release(hold);
      }
      if (round >= 0) {
        rates[round] = held.length / seconds;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%d %%: %s matches/s; p50 %d ns, p99.9 %d ns; %d of %d found; %d bytes a match%n",
        percent,
        Spread.of(rates),
        nanos[nanos.length / 2],
        nanos[(int) (nanos.length * 0.999)],
        found,
        nanos.length,
        bytes / nanos.length);
    return Spread.of(rates).median();
  }

  private static void updates(OrderBook book, SampleMarket market, List<Offer> all, int sequence) {
    List<Offer> renewed = new ArrayList<>();
    List<Offer> changed = new ArrayList<>();
    for (int i = 0; i < UPDATES; i++) {
      int number = (int) ((i * 7_919L) % all.size());
      renewed.add(SampleMarket.withFree(all.get(number), sequence, 1));
      changed.add(market.offer(number, sequence + 1));
    }
    System.out.printf(Locale.ROOT, "%.0f renewals/s%n", rate(book, renewed));
    System.out.printf(Locale.ROOT, "%.0f changes of price and kind/s%n", rate(book, changed));
  }

  private static double rate(OrderBook book, List<Offer> updates) {
    long start = System.nanoTime();
    updates.forEach(book::upsert);
    return updates.size() / ((System.nanoTime() - start) / 1e9);
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
