package org.gpumarket.node.lease;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.Tier;

/** A provider with two GPUs at a price, which a test can kill and start again. */
final class ProviderSide {
  static final ProviderTerms TERMS = new ProviderTerms(10_000, 5_000);
  static final GpuModel MODEL =
      GpuModel.newBuilder()
          .setModel("rtx4090")
          .setDisplayName("NVIDIA GeForce RTX 4090")
          .setTier(Tier.TIER_HIGH_1)
          .setVramMib(24_564)
          .build();

  final SigningKey key = SigningKey.generate(new SecureRandom());
  final InMemoryRuntime runtime = new InMemoryRuntime();
  final ManualTime time;
  final Duration clockOff;
  private final Path folder;
  private final Price price;
  private final List<Gpu> gpus;
  Ledger ledger;
  GpuHolds holds;
  ProviderLeases leases;

  /** Whether its offer stands. */
  boolean offers = true;

  ProviderSide(ManualTime time, Path folder, long microsPerGpuHour, int gpus, Duration clockOff)
      throws LedgerException {
    this.time = time;
    this.folder = folder;
    this.clockOff = clockOff;
    this.price =
        Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(microsPerGpuHour).build();
    this.gpus =
        java.util.stream.IntStream.range(0, gpus)
            .mapToObj(i -> new Gpu(i, "SIM-" + key.nodeId().abbreviated() + "-" + i, MODEL, true))
            .toList();
    this.ledger = Ledger.open(folder, key, time.clock(clockOff));
    this.holds = GpuHolds.open(ledger);
    this.leases = start();
  }

  NodeId id() {
    return key.nodeId();
  }

  private ProviderLeases start() {
    ProviderLeases started =
        new ProviderLeases(
            key,
            ledger,
            holds,
            gpus,
            id -> offers && id.equals("all") ? Optional.of(terms()) : Optional.empty(),
            List.of(runtime),
            TERMS,
            new LeaseSurroundings(time.clock(clockOff), time::nanoTime, time, new SecureRandom()));
    started.recover();
    return started;
  }

  /** As kill -9 and a new start: objects and what was under way are lost, the ledger is not. */
  void restart() throws LedgerException {
    time.dropAll();
    ledger.close();
    ledger = Ledger.open(folder, key, time.clock(clockOff));
    holds = GpuHolds.open(ledger);
    leases = start();
  }

  OfferTerms terms() {
    return new OfferTerms(
        "all",
        1,
        MODEL,
        price,
        gpus.stream().map(Gpu::uuid).toList(),
        Resources.newBuilder()
            .setCpuMillis(16_000)
            .setMemoryMib(64 << 10)
            .setDiskMib(100 << 10)
            .build(),
        1_000,
        3_600_000,
        Set.of(RuntimeKind.RUNTIME_KIND_PROCESS),
        true);
  }

  OfferListing listing() {
    return OfferListing.newBuilder()
        .setProvider(id().text())
        .setOffer(
            EnvelopeKind.OFFER.sign(
                key,
                Offer.newBuilder()
                    .setOfferId("all")
                    .setSequence(1)
                    .addAddresses(id().abbreviated() + ".example:7000")
                    .setRegion("eu-de")
                    .setGpu(MODEL)
                    .setGpuCount(gpus.size())
                    .setPrice(price)
                    .setMaxDurationMs(3_600_000)
                    .setSimulated(true)
                    .build()))
        .build();
  }
}
