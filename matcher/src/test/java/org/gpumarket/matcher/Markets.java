package org.gpumarket.matcher;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** Small random markets in which much is equal, so that every rule gets to decide. */
final class Markets {
  /** Offers expire from here on; a match looks between. */
  static final long NOW = 1_000;

  private static final List<String> REGIONS = List.of("eu", "eu-de", "eu-de-be", "na-us-tx", "as");
  private static final List<String> MODELS = List.of("rtx4090", "h100", "rtx3060");

  private Markets() {}

  static Offer offer(Random random, int number) {
    return offer(random, number, 1 + random.nextInt(3));
  }

  static Offer offer(Random random, int number, long sequence) {
    int count = 1 + random.nextInt(8);
    return new Offer(
        new OfferKey("p" + number % 7, "o" + number),
        sequence,
        new GpuKind(any(MODELS, random), 1 + random.nextInt(11), 8_192L << random.nextInt(4)),
        count,
        random.nextInt(count + 1),
        new Price(random.nextInt(10) == 0 ? "EUR" : "USD", random.nextInt(10) * 50_000L),
        new Region(any(REGIONS, random)),
        new Resources(random.nextInt(16_000), random.nextInt(65_536), random.nextInt(1_000_000)),
        random.nextInt(3) * 1_500L,
        10_000 + random.nextInt(10_000_000),
        random.nextBoolean() ? Set.of(RuntimeKind.CONTAINER) : Set.of(RuntimeKind.values()),
        random.nextInt(4) == 0,
        900 + random.nextInt(1_000));
  }

  /**
   * A market in which trees grow deep: so many kinds, providers and prices, and offers of so many
   * names. An offer's price follows its number, so that neighbours in number are neighbours in a
   * tree, but for some that move.
   */
  record Crowd(int kinds, int providers, int prices, int names) {
    static Crowd any(Random random) {
      return new Crowd(
          1 + random.nextInt(3), 1 << random.nextInt(9), 1 << random.nextInt(11), 1_500);
    }

    OfferKey key(int number) {
      return new OfferKey("p" + number % providers, "o" + number);
    }

    Offer offer(Random random, int number, long sequence) {
      Offer any = Markets.offer(random, number, sequence);
      int rank = random.nextInt(5) == 0 ? random.nextInt(names) : number % names;
      return new Offer(
          key(number),
          sequence,
          new GpuKind("h100", 9, 81_920 - random.nextInt(kinds)),
          any.gpuCount(),
          any.gpuAvailable(),
          new Price("USD", (long) rank * prices / names * 500_000 / prices),
          any.region(),
          any.resources(),
          any.minDurationMillis(),
          any.maxDurationMillis(),
          any.runtimes(),
          false,
          any.expireTimeMillis());
    }
  }

  static Offer priced(Offer offer, Price price) {
    return new Offer(
        offer.key(),
        offer.sequence(),
        offer.gpu(),
        offer.gpuCount(),
        offer.gpuAvailable(),
        price,
        offer.region(),
        offer.resources(),
        offer.minDurationMillis(),
        offer.maxDurationMillis(),
        offer.runtimes(),
        offer.simulated(),
        offer.expireTimeMillis());
  }

  /** Each requirement is asked for now and then, so that some orders fit much and some nothing. */
  static Requirements requirements(Random random) {
    Requirements.Builder wanted = Requirements.builder(random.nextInt(12) == 0 ? "EUR" : "USD");
    wanted.gpuCount(1 + random.nextInt(4)).acceptSimulated(random.nextBoolean());
    if (random.nextInt(3) == 0) {
      wanted.models(
          random.nextInt(8) == 0
              ? Set.of("a100")
              : Set.copyOf(List.of("h100", any(MODELS, random))));
    }
    if (random.nextInt(3) == 0) {
      wanted.minTier(random.nextInt(8)).minVramMib(random.nextInt(70_000));
    }
    if (random.nextInt(3) == 0) {
      wanted.regions(List.of(new Region(any(REGIONS, random)), new Region("na-us")));
    }
    if (random.nextInt(4) == 0) {
      wanted.excludedRegions(List.of(new Region(any(REGIONS, random))));
    }
    if (random.nextBoolean()) {
      wanted.maxPriceMicros(random.nextInt(500_000));
    }
    if (random.nextInt(3) == 0) {
      wanted.resources(
          new Resources(random.nextInt(16_000), random.nextInt(65_536), random.nextInt(1_000_000)));
    }
    if (random.nextInt(3) == 0) {
      wanted.durationMillis(random.nextInt(10_000_000));
    }
    if (random.nextInt(4) == 0) {
      wanted.runtime(random.nextBoolean() ? RuntimeKind.PROCESS : RuntimeKind.CONTAINER);
    }
    if (random.nextInt(6) == 0) {
      wanted.providers(Set.of("p1", "p2"));
    }
    if (random.nextInt(6) == 0) {
      wanted.excludedProviders(Set.copyOf(List.of("p2", "p" + random.nextInt(9))));
    }
    return wanted.build();
  }

  static Order order(Random random) {
    return new Order(
        requirements(random),
        random.nextInt(3) == 0 ? Policy.BALANCED : Policy.CHEAPEST,
        random.nextBoolean() ? 1 : 1 + random.nextInt(60),
        random.nextLong());
  }

  private static <T> T any(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }
}
