package org.gpumarket.node.lease;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Policy;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.WorkloadSpec;

/** A consumer that knows some providers, which a test can kill and start again. */
final class ConsumerSide {
  final SigningKey key = SigningKey.generate(new SecureRandom());
  final DirectProviders network;
  final List<DeployStep> steps = new ArrayList<>();
  final ManualTime time;
  Function<SearchOffersRequest, SearchOffersResponse> market = _ -> search();
  private final Path folder;
  private final Map<NodeId, ProviderSide> providers = new LinkedHashMap<>();
  private final Duration clockOff;
  Ledger ledger;
  ConsumerLeases leases;

  ConsumerSide(ManualTime time, Path folder, Duration clockOff, ProviderSide... known)
      throws LedgerException {
    this.time = time;
    this.folder = folder;
    this.clockOff = clockOff;
    for (ProviderSide provider : known) {
      providers.put(provider.id(), provider);
    }
    this.network = new DirectProviders(key.nodeId(), time, providers);
    this.ledger = Ledger.open(folder, key, time.clock(clockOff));
    this.leases = start();
  }

  private ConsumerLeases start() {
    return new ConsumerLeases(
        key,
        ledger,
        request -> market.apply(request),
        network,
        new LeaseSurroundings(time.clock(clockOff), time::nanoTime, time, new SecureRandom()));
  }

  private SearchOffersResponse search() {
    return SearchOffersResponse.newBuilder()
        .addAllOffers(
            providers.values().stream()
                .map(ProviderSide::listing)
                .sorted(Comparator.comparingLong(ConsumerSide::price))
                .toList())
        .setExplanation("the cheapest first")
        .build();
  }

  private static long price(OfferListing listing) {
    try {
      return EnvelopeKind.OFFER.parse(listing.getOffer()).getPrice().getMicrosPerGpuHour();
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As kill -9 and a new start. */
  void restart() throws LedgerException {
    time.dropAll();
    network.breakStreams();
    time.dropAll();
    ledger.close();
    ledger = Ledger.open(folder, key, time.clock(clockOff));
    leases = start();
  }

  DeployOrder order(int gpus, Duration duration) {
    return order(gpus, duration, Duration.ZERO);
  }

  DeployOrder order(int gpus, Duration duration, Duration wait) {
    return new DeployOrder(
        Base32.randomId(new SecureRandom()),
        "train",
        "main",
        WorkloadSpec.newBuilder()
            .setName("train/main")
            .setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS)
            .addCommand("true")
            .build(),
        Requirements.newBuilder()
            .setGpuCount(gpus)
            .setDurationMs(duration.toMillis())
            .setAcceptSimulated(true)
            .build(),
        Policy.POLICY_CHEAPEST,
        wait.toMillis());
  }

  /** Deploys and lets everything happen that needs no time. */
  void deploy(DeployOrder order) {
    deploy(order, _ -> {});
  }

  /** As {@link #deploy(DeployOrder)}, and something happens at each step. */
  void deploy(DeployOrder order, Consumer<DeployStep> then) {
    var _ =
        leases.deploy(
            order,
            step -> {
              steps.add(step);
              then.accept(step);
            });
    time.runAll();
  }

  LeaseView lease() {
    return leases.views(true).getFirst();
  }
}
