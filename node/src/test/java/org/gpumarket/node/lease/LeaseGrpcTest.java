package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.identity.NodeTls;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.HostPort;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.peer.PeerServer;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Policy;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.WorkloadSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same protocol over TLS and gRPC on loopback, by the machine's own clocks. */
@Timeout(30)
class LeaseGrpcTest {
  private static final Price PRICE =
      Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(3_600_000_000L).build();

  @TempDir Path folder;
  private final SigningKey seller = SigningKey.generate(new SecureRandom());
  private final SigningKey buyer = SigningKey.generate(new SecureRandom());
  private final InstantSource clock = InstantSource.system();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
  private final InMemoryRuntime runtime = new InMemoryRuntime();
  private Ledger sellerLedger;
  private Ledger buyerLedger;
  private ProviderLeases provided;
  private ConsumerLeases taken;
  private PeerServer server;
  private PeerConnections connections;

  @BeforeEach
  void open() throws Exception {
    LeaseSurroundings surroundings =
        new LeaseSurroundings(clock, System::nanoTime, threads, new SecureRandom());
    sellerLedger = Ledger.open(folder.resolve("seller"), seller, clock);
    buyerLedger = Ledger.open(folder.resolve("buyer"), buyer, clock);
    provided =
        new ProviderLeases(
            seller,
            sellerLedger,
            GpuHolds.open(sellerLedger),
            List.of(new Gpu(0, "SIM-0", ProviderSide.MODEL, true)),
            id -> Optional.of(terms(id)),
            List.of(runtime),
            new ProviderTerms(200, 2_000),
            surroundings);
    server =
        PeerServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new NodeTls(seller, clock),
            List.of(new LeaseGrpcService(provided, threads)));
    String address = "127.0.0.1:" + server.port();
    connections =
        new PeerConnections(
            new NodeTls(buyer, clock), AddressPolicy.like(List.of(HostPort.parse(address))));
    taken =
        new ConsumerLeases(
            buyer,
            buyerLedger,
            _ -> SearchOffersResponse.newBuilder().addOffers(listing(address)).build(),
            new GrpcProviders(connections),
            surroundings);
    var _ =
        ticker.scheduleWithFixedDelay(
            () -> {
              provided.tick();
              taken.tick();
            },
            20,
            20,
            TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void close() {
    ticker.shutdownNow();
    taken.shutdown();
    connections.close();
    server.close();
    threads.close();
    sellerLedger.close();
    buyerLedger.close();
  }

  @Test
  void aLeaseRunsIsPaidForShowsItsOutputAndIsClosedOverTheNetwork() throws Exception {
    ConcurrentLinkedQueue<DeployStep> steps = new ConcurrentLinkedQueue<>();
    taken.deploy(order(), steps::add).get(10, TimeUnit.SECONDS);
    assertThat(steps).last().isInstanceOf(DeployStep.LeaseMoved.class);
    String leaseId = taken.views(true).getFirst().getLeaseId();

    awaitVouchers();
    StringBuilder output = new StringBuilder();
    taken.streamLogs(
        leaseId,
        false,
        0,
        (_, piece) -> output.append(new String(piece, StandardCharsets.UTF_8)).length() > 0);
    assertThat(output).hasToString("hello");

    var closed = taken.closed(leaseId);
    var _ = taken.close(leaseId);
    LeaseView end = closed.get(10, TimeUnit.SECONDS);

    assertThat(end.getStatus().getState()).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(end.getOwed()).isEqualTo(end.getVouchered());
    assertThat(provided.views(true).getFirst().getVouchered()).isEqualTo(end.getVouchered());
    assertThat(runtime.running()).isZero();
    assertThat(sellerLedger.verify().problem()).isEmpty();
    assertThat(buyerLedger.verify().problem()).isEmpty();
  }

  private void awaitVouchers() {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (provided.views(true).getFirst().getVouchered().getAmountMicros() == 0) {
      assertThat(System.nanoTime()).as("a voucher within 10 s").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static OfferTerms terms(String id) {
    return new OfferTerms(
        id,
        1,
        ProviderSide.MODEL,
        PRICE,
        List.of("SIM-0"),
        Resources.getDefaultInstance(),
        1,
        3_600_000,
        Set.of(RuntimeKind.RUNTIME_KIND_PROCESS),
        true);
  }

  private OfferListing listing(String address) {
    return OfferListing.newBuilder()
        .setProvider(seller.nodeId().text())
        .setOffer(
            EnvelopeKind.OFFER.sign(
                seller,
                Offer.newBuilder()
                    .setOfferId("all")
                    .setSequence(1)
                    .addAddresses(address)
                    .setGpu(ProviderSide.MODEL)
                    .setPrice(PRICE)
                    .setMaxDurationMs(3_600_000)
                    .setSimulated(true)
                    .build()))
        .build();
  }

  private static DeployOrder order() {
    return new DeployOrder(
        Base32.randomId(new SecureRandom()),
        "train",
        "main",
        WorkloadSpec.newBuilder()
            .setName("train/main")
            .setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS)
            .addCommand("true")
            .build(),
        Requirements.newBuilder().setAcceptSimulated(true).setDurationMs(60_000).build(),
        Policy.POLICY_CHEAPEST,
        0);
  }
}
