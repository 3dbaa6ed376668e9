package org.gpumarket.bench;

import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.gpumarket.v1.HelloRequest;
import org.gpumarket.v1.MarketServiceGrpc;
import org.gpumarket.v1.PeerServiceGrpc;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.SearchOffersRequest;

/**
 * Searches a second over 10,000 offers, against the emptiest unary call (hello) on the same server,
 * connections and callers; rounds of the two in turn.
 */
public final class SearchRate {
  private static final int OFFERS = 10_000;
  private static final int CALLERS = 4;
  private static final int ROUNDS = 7;
  private static final long ROUND_SECONDS = 3;

  private SearchRate() {}

  public static void main(String[] args) throws Exception {
    try (LoopbackServer server = new LoopbackServer(OFFERS);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<ManagedChannel> channels = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        channels.add(server.client());
      }
      System.out.println("offers known: " + server.offers() + ", callers: " + CALLERS);
      double[] ratios = new double[ROUNDS];
      double[] searches = new double[ROUNDS];
      double[] hellos = new double[ROUNDS];
      rate(callers, channels, SearchRate::hello);
      rate(callers, channels, SearchRate::search);
      for (int round = 0; round < ROUNDS; round++) {
        hellos[round] = rate(callers, channels, SearchRate::hello);
        searches[round] = rate(callers, channels, SearchRate::search);
        ratios[round] = searches[round] / hellos[round];
      }
      System.out.println("empty calls/s:  " + Spread.of(hellos));
      System.out.println("searches/s:     " + Spread.of(searches));
      System.out.println("searches/empty: " + Spread.of(ratios));
    }
    System.exit(0);
  }

  private interface Call {
    void on(ManagedChannel channel);
  }

  private static void hello(ManagedChannel channel) {
    var _ =
        PeerServiceGrpc.newBlockingStub(channel)
            .hello(
                HelloRequest.newBuilder()
                    .setMinProtocolVersion(1)
                    .setMaxProtocolVersion(1)
                    .build());
  }

  private static void search(ManagedChannel channel) {
    var answer =
        MarketServiceGrpc.newBlockingStub(channel)
            .searchOffers(
                SearchOffersRequest.newBuilder()
                    .setRequirements(
                        Requirements.newBuilder()
                            .addModels("rtx4090")
                            .addRegions("eu")
                            .setGpuCount(2)
                            .setMaxPrice(
                                Price.newBuilder()
                                    .setCurrencyCode("USD")
                                    .setMicrosPerGpuHour(200_000)))
                    .setPageSize(10)
                    .build());
    if (answer.getConsideredCount() != OFFERS) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d offers considered", answer.getConsideredCount()));
    }
  }

  private static double rate(ExecutorService callers, List<ManagedChannel> channels, Call call)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ROUND_SECONDS);
    List<Callable<Long>> work = new ArrayList<>();
    for (ManagedChannel channel : channels) {
      work.add(
          () -> {
            long calls = 0;
            while (System.nanoTime() < end) {
              call.on(channel);
              calls++;
            }
            return calls;
          });
    }
    long all = 0;
    for (Future<Long> done : callers.invokeAll(work)) {
      all += done.get();
    }
    return all / (double) ROUND_SECONDS;
  }
}
