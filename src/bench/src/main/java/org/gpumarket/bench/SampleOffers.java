package org.gpumarket.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.rig.GpuCatalog;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SignedEnvelope;

/** Signed offers of many providers, the same for the same seed. */
final class SampleOffers {
  private static final int OFFERS_OF_A_PROVIDER = 40;
  private static final List<String> REGIONS =
      List.of("eu-de", "eu-fr", "na-us-tx", "na-us-ca", "na-ca", "as-jp", "as-tw", "oc-au");

  private SampleOffers() {}

  static List<SignedEnvelope> of(int count, long seed, long nowMillis) {
    Random random = new Random(seed);
    List<String> models = GpuCatalog.standard().models().stream().sorted().toList();
    List<SignedEnvelope> offers = new ArrayList<>();
    SigningKey provider = key(random);
    for (int i = 0; i < count; i++) {
      if (i % OFFERS_OF_A_PROVIDER == 0) {
        provider = key(random);
      }
      GpuModel gpu =
          GpuCatalog.standard().model(models.get(random.nextInt(models.size()))).orElseThrow();
      int gpus = 1 << random.nextInt(4);
      offers.add(
          EnvelopeKind.OFFER.sign(
              provider,
              Offer.newBuilder()
                  .setOfferId("o" + i)
                  .setSequence(1)
                  .setIssueTimeUnixMs(nowMillis)
                  .setExpireTimeUnixMs(nowMillis + 3_600_000)
                  .addAddresses("127.0.0.1:" + (1_024 + i % 60_000))
                  .setRegion(REGIONS.get(random.nextInt(REGIONS.size())))
                  .setGpu(gpu)
                  .setGpuCount(gpus)
                  .setGpuAvailable(random.nextInt(gpus + 1))
                  .setPrice(
                      Price.newBuilder()
                          .setCurrencyCode("USD")
                          .setMicrosPerGpuHour(
                              GpuCatalog.standard().defaultMicrosPerGpuHour(gpu)
                                  * (80 + random.nextInt(60))
                                  / 100))
                  .setResources(
                      Resources.newBuilder()
                          .setCpuMillis(64_000)
                          .setMemoryMib(262_144)
                          .setDiskMib(1_000_000))
                  .setMaxDurationMs(86_400_000)
                  .addRuntimes(RuntimeKind.RUNTIME_KIND_CONTAINER)
                  .build()));
    }
    return offers;
  }

  private static SigningKey key(Random random) {
    byte[] seed = new byte[SigningKey.SEED_BYTES];
    random.nextBytes(seed);
    return SigningKey.fromSeed(seed);
  }
}
