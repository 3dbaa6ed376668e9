package org.gpumarket.node.market;

import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.Tier;

/** What an offer holds beside its number and times. */
final class SampleOffer {
  private SampleOffer() {}

  static Offer terms(String name, long micros) {
    return Offer.newBuilder()
        .setOfferId(name)
        .addAddresses("8.8.8.8:7733")
        .setRegion("eu-de")
        .setGpu(
            GpuModel.newBuilder()
                .setModel("rtx4090")
                .setTier(Tier.TIER_MEDIUM_1)
                .setVramMib(24_576))
        .setGpuCount(2)
        .setGpuAvailable(2)
        .setPrice(Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(micros))
        .setMaxDurationMs(3_600_000)
        .addRuntimes(RuntimeKind.RUNTIME_KIND_CONTAINER)
        .build();
  }
}
