package org.gpumarket.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.gpumarket.matcher.GpuKind;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.matcher.Order;
import org.gpumarket.matcher.Policy;
import org.gpumarket.matcher.Price;
import org.gpumarket.matcher.Region;
import org.gpumarket.matcher.Requirements;
import org.gpumarket.matcher.Resources;
import org.gpumarket.matcher.RuntimeKind;
import org.gpumarket.node.rig.GpuCatalog;
import org.gpumarket.v1.GpuModel;

/**
 * A whole market's offers and orders, the same for the same seed: ten offers a provider, models of
 * the catalog, prices spread around the catalog's, a few dozen regions.
 */
final class SampleMarket {
  /** Every offer expires then; a match looks at time 1. */
  static final long EXPIRY_MILLIS = 10_000_000;

  private static final int OFFERS_OF_A_PROVIDER = 10;
  private static final List<String> COUNTRIES =
      List.of(
          "eu-de", "eu-fr", "eu-nl", "eu-pl", "eu-se", "eu-es", "na-us", "na-ca", "na-mx", "as-jp",
          "as-tw", "as-sg", "as-in", "oc-au", "sa-br", "af-za");
  private static final int AREAS = 4;

  private final List<GpuModel> models;
  private final List<Region> regions = new ArrayList<>();
  private final Random random;

  SampleMarket(long seed) {
    random = new Random(seed);
    GpuCatalog catalog = GpuCatalog.standard();
    models = catalog.models().stream().sorted().map(m -> catalog.model(m).orElseThrow()).toList();
    for (String country : COUNTRIES) {
      for (int area = 0; area < AREAS; area++) {
        regions.add(new Region(country + "-a" + area));
      }
    }
  }

  /** The offer of this number; a higher sequence gives another price. */
  Offer offer(int number, long sequence) {
    GpuModel model = any(models);
    int gpus = 1 << random.nextInt(4);
    return new Offer(
        new OfferKey(
            provider(number / OFFERS_OF_A_PROVIDER), "gpus-" + number % OFFERS_OF_A_PROVIDER),
        sequence,
        new GpuKind(model.getModel(), model.getTierValue(), model.getVramMib()),
        gpus,
        gpus,
        price(model),
        any(regions),
        new Resources(
            gpus * 1_000L * (4 + random.nextInt(29)),
            gpus * 1_024L * (16 + random.nextInt(113)),
            102_400L * (1 + random.nextInt(40))),
        0,
        86_400_000L * (random.nextBoolean() ? 7 : 30),
        random.nextInt(4) == 0 ? Set.of(RuntimeKind.values()) : Set.of(RuntimeKind.CONTAINER),
        false,
        EXPIRY_MILLIS);
  }

  /** A newer version of an offer with another number of free GPUs. */
  static Offer withFree(Offer offer, long sequence, int free) {
    return new Offer(
        offer.key(),
        sequence,
        offer.gpu(),
        offer.gpuCount(),
        free,
        offer.price(),
        offer.region(),
        offer.resources(),
        offer.minDurationMillis(),
        offer.maxDurationMillis(),
        offer.runtimes(),
        offer.simulated(),
        offer.expireTimeMillis());
  }

  /**
   * Orders as a market has them: two in three name a model, half a region, most a highest price.
   */
  Order order() {
    GpuModel model = any(models);
    Requirements.Builder wanted =
        Requirements.builder("USD")
            .gpuCount(1 << Math.max(0, random.nextInt(5) - 1))
            .durationMillis(3_600_000L * (1 + random.nextInt(48)))
            .runtime(RuntimeKind.CONTAINER);
    if (random.nextInt(3) > 0) {
      wanted.models(Set.of(model.getModel()));
    } else {
      wanted.minVramMib(model.getVramMib()).minTier(model.getTierValue());
    }
    if (random.nextBoolean()) {
      wanted.regions(
          List.of(new Region(any(COUNTRIES).substring(0, random.nextBoolean() ? 2 : 5))));
    }
    if (random.nextInt(4) > 0) {
      wanted.maxPriceMicros(price(model).microsPerGpuHour());
    }
    if (random.nextBoolean()) {
      wanted.resources(
          new Resources(
              8_000L + random.nextInt(24_000), 32_768L + random.nextInt(65_536), 102_400));
    }
    return new Order(wanted.build(), Policy.CHEAPEST, 1, random.nextLong());
  }

  private Price price(GpuModel model) {
    long list = GpuCatalog.standard().defaultMicrosPerGpuHour(model);
    return new Price("USD", list * (600 + random.nextInt(800)) / 1_000 / 1_000 * 1_000);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** As long as a node id. */
  private static String provider(int number) {
    return String.format(java.util.Locale.ROOT, "n%052d", number);
  }
}
