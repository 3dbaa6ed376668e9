package org.gpumarket.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.node.identity.NodeTls;
import org.gpumarket.node.market.MarketGrpcService;
import org.gpumarket.node.market.MarketQueries;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.MarketServiceGrpc;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real nodes' peers on real sockets. */
class GossipTest {
  private static final InstantSource CLOCK = InstantSource.system();

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void anOfferReachesPeersOfPeersUnderItsOwnSignature() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of(a.address()));
    Peer c = new Peer(List.of(b.address()));
    SignedEnvelope before = a.offer(1, false);
    a.board.take(before);

    await(() -> c.board.envelope(a.key()).isPresent());
    assertThat(c.board.envelope(a.key())).contains(before);
  }

  @Test
  void renewalsAndWithdrawalsReachThemToo() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of(a.address()));
    Peer c = new Peer(List.of(b.address()));
    a.board.take(a.offer(1, false));
    await(() -> c.board.envelope(a.key()).isPresent());
    SignedEnvelope second = a.offer(2, false);
    a.board.take(second);
    await(() -> c.board.envelope(a.key()).filter(second::equals).isPresent());

    a.board.take(a.offer(3, true));

    await(() -> c.board.size() == 0);
  }

  @Test
  void aPeerThatWasAwayIsMetAgain() throws Exception {
    Peer a = new Peer(List.of());
    HostPort address = a.address();
    Peer b = new Peer(List.of(address));
    await(() -> b.sessions.peers().getFirst().connected());
    a.server.close();
    await(() -> !b.sessions.peers().getFirst().connected());

    Peer again = new Peer(List.of(), address.port());
    again.board.take(again.offer(1, false));

    await(() -> b.board.envelope(again.key()).isPresent());
    assertThat(b.sessions.peers().getFirst().nodeId()).isEqualTo(again.key().provider());
  }

  @Test
  void whyAPeerIsNotMetIsSaidInOneLine() throws Exception {
    HostPort nobody;
    try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = new HostPort("127.0.0.1", closedSoon.getLocalPort());
    }
    Peer b = new Peer(List.of(nobody));

    await(() -> b.sessions.peers().getFirst().problem().equals("connection refused"));
  }

  @Test
  void aPeerThatIsNamedLaterIsMetOnce() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of());
    Greeting greeting = new Greeting(List.of(), "test", CLOCK);

    b.sessions.meet(List.of(a.address(), a.address()), b.connections, greeting);
    b.sessions.meet(List.of(a.address()), b.connections, greeting);

    assertThat(b.sessions.peers()).hasSize(1);
    await(() -> b.sessions.peers().getFirst().connected());
    assertThatThrownBy(
            () -> b.sessions.meet(List.of(HostPort.parse("127.0.0.1:0")), b.connections, greeting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port 0");
    List<HostPort> many = new ArrayList<>();
    for (int port = 1; port <= PeerSessions.MAX_BOOTSTRAP; port++) {
      many.add(new HostPort("127.0.0.1", port));
    }
    assertThatThrownBy(() -> b.sessions.meet(many, b.connections, greeting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most");
    assertThat(b.sessions.peers()).hasSize(1);
  }

  @Test
  void aPeerThatSendsOffersThatDoNotCountIsCutOff() throws Exception {
    Peer a = new Peer(List.of());
    List<SignedEnvelope> bad = new ArrayList<>();
    for (int i = 0; i < OfferSession.MAX_REFUSED; i++) {
      bad.add(
          a.offer(i + 1, false).toBuilder().setPayload(a.offer(99, false).getPayload()).build());
    }
    Peer b = new Peer(List.of());
    OfferSession session = new OfferSession(b.board, System::nanoTime);

    assertThat(session.receive(bad)).contains("do not count").contains("signature");
    assertThat(b.board.size()).isZero();
  }

  @Test
  void anotherNodeThanTheExpectedOneIsNotTalkedTo() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of());
    SigningKey other = SigningKey.generate(new SecureRandom());
    var channel = b.connections.to(other.nodeId(), List.of(a.address().toString()));

    assertThatThrownBy(
            () ->
                HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasStackTraceContaining("was expected");
  }

  @Test
  void aProviderIsReachedWhereTheUserTypedAndItsPrivateAddressStaysHere() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of(a.address()));
    Peer c = new Peer(List.of(b.address()));
    await(() -> b.sessions.peers().getFirst().connected());
    SignedEnvelope lan = a.offer("lan", "10.0.0.1:9");
    a.board.take(lan);
    await(() -> a.board.leftOut().isPresent());
    SignedEnvelope unheard = c.offer("lan", "10.0.0.2:9");

    assertThat(b.board.take(lan)).isInstanceOf(OfferExchange.Verdict.Taken.class);
    assertThat(b.board.take(unheard)).isInstanceOf(OfferExchange.Verdict.Ignored.class);

    assertThat(healthOf(b.connections.to(a.tls.nodeId(), List.of("10.0.0.1:9"))))
        .isEqualTo(ServingStatus.SERVING);
    b.board.take(a.offer("wan", "10.0.0.1:9", "127.0.0.1:9"));
    await(() -> c.board.envelope(a.key("wan")).isPresent());
    assertThat(c.board.envelope(a.key("lan"))).isEmpty();
    assertThat(c.board.leftOut()).isEmpty();
    assertThat(
            MarketServiceGrpc.newBlockingStub(
                    c.connections.to(b.tls.nodeId(), List.of(b.address().toString())))
                .searchOffers(SearchOffersRequest.getDefaultInstance())
                .getOffersList())
        .extracting(OfferListing::getOffer)
        .containsExactly(b.board.envelope(a.key("wan")).orElseThrow());
  }

  @Test
  void aNodeThatLeftATypedAddressIsNoLongerThere() throws Exception {
    AddressPolicy policy = AddressPolicy.like(List.of());
    HostPort typed = HostPort.parse("192.168.1.9:7733");
    NodeId before = SigningKey.generate(new SecureRandom()).nodeId();
    NodeId after = SigningKey.generate(new SecureRandom()).nodeId();

    policy.noteMet(typed, before);
    assertThat(policy.reaches(before, List.of("10.0.0.1:1"))).isTrue();
    assertThat(policy.dialable(before, typed)).hasSize(1);
    assertThat(policy.dialable(before, HostPort.parse("192.168.1.9:22"))).isEmpty();
    assertThat(policy.dialable(after, typed)).isEmpty();

    policy.noteMet(typed, after);
    assertThat(policy.reaches(before, List.of("10.0.0.1:1"))).isFalse();
    assertThat(policy.reaches(after, List.of("10.0.0.1:1"))).isTrue();
  }

  @Test
  void everyAddressOfANodeIsTriedAndWhatWasCheckedIsDialled() throws Exception {
    Peer a = new Peer(List.of());
    Peer stranger = new Peer(List.of());
    AddressPolicy policy =
        AddressPolicy.like(
            List.of(HostPort.parse("127.0.0.1:1")), _ -> List.of(InetAddress.getLoopbackAddress()));
    PeerConnections connections =
        new PeerConnections(new NodeTls(SigningKey.generate(new SecureRandom()), CLOCK), policy);
    open.add(connections);
    var channel =
        connections.to(
            a.tls.nodeId(),
            List.of(
                "127.0.0.1:0",
                "10.0.0.1:1",
                "127.0.0.1:1",
                stranger.address().toString(),
                "no-such-name.invalid:" + a.server.port()));

    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(15, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(connections.to(a.tls.nodeId(), List.of("127.0.0.1:2"))).isSameAs(channel);
  }

  @Test
  void aNodeThatHasMovedIsFoundWhereItIsToldToBe() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of());
    var channel = b.connections.to(a.tls.nodeId(), List.of("127.0.0.1:1"));
    assertThatThrownBy(
            () ->
                HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class);

    var again = b.connections.to(a.tls.nodeId(), List.of(a.address().toString()));

    assertThat(healthOf(again)).isEqualTo(ServingStatus.SERVING);
  }

  private static ServingStatus healthOf(io.grpc.Channel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  @Test
  void theAddressThatAnsweredLastComesFirst() throws Exception {
    NodeRoute route =
        new NodeRoute(
            SigningKey.generate(new SecureRandom()).nodeId(),
            List.of(HostPort.parse("8.8.8.8:1"), HostPort.parse("9.9.9.9:2")),
            AddressPolicy.like(List.of()),
            Runnable::run);
    InetSocketAddress second = new InetSocketAddress("9.9.9.9", 2);
    assertThat(route.dialable()).last().isEqualTo(second);

    var _ =
        route
            .noting()
            .transportReady(
                Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, second).build());

    assertThat(route.dialable()).first().isEqualTo(second);
  }

  @Test
  void aNodeWithoutAnAddressThatMayBeDialledIsSaid() throws Exception {
    Peer b = new Peer(List.of());

    assertThatThrownBy(
            () -> b.connections.to(b.tls.nodeId(), List.of("127.0.0.1:0", "10.0.0.1:1", "what")))
        .isInstanceOf(java.io.IOException.class)
        .hasMessageContaining("no address that may be dialled");
  }

  @Test
  void onePeerCannotTakeEveryPlace() {
    PeerSessions sessions =
        new PeerSessions(
            new OfferBoard(new IndexedOrderBook(1), AddressPolicy.like(List.of()), CLOCK),
            System::nanoTime);
    NodeId one = SigningKey.generate(new SecureRandom()).nodeId();
    for (int i = 0; i < PeerSessions.MAX_INBOUND_OF_PEER; i++) {
      assertThat(sessions.accept(sessions.begin(), one)).isTrue();
    }

    assertThat(sessions.accept(sessions.begin(), one)).isFalse();
    assertThat(sessions.accept(sessions.begin(), SigningKey.generate(new SecureRandom()).nodeId()))
        .isTrue();
  }

  @Test
  void healthIsAnsweredToAProvenPeer() throws Exception {
    Peer a = new Peer(List.of());
    Peer b = new Peer(List.of());
    var channel = b.connections.to(a.tls.nodeId(), List.of(a.address().toString()));

    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void aPortInUseIsSaid() throws Exception {
    Peer a = new Peer(List.of());

    assertThatThrownBy(() -> new Peer(List.of(), a.server.port()))
        .isInstanceOf(java.io.IOException.class)
        .hasMessageContaining("cannot listen on")
        .hasMessageContaining("in use");
  }

  @Test
  void privateAddressesOfOthersAreNotDialled() throws Exception {
    AddressPolicy open = AddressPolicy.like(List.of());

    for (String text :
        new String[] {
          "10.0.0.1:1",
          "192.168.1.1:1",
          "100.64.0.1:1",
          "127.0.0.1:1",
          "[fd00::1]:1",
          "[fe80::1]:1",
          "224.0.0.1:1",
          "0.0.0.0:1",
          "255.255.255.255:1"
        }) {
      assertThat(open.mayPassOn(HostPort.parse(text))).as(text).isFalse();
    }
    assertThat(open.mayPassOn(HostPort.parse("8.8.8.8:1"))).isTrue();
    assertThat(
            AddressPolicy.like(List.of(HostPort.parse("192.168.1.9:1")))
                .mayPassOn(HostPort.parse("192.168.1.1:1")))
        .isTrue();
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  private final class Peer {
    final SigningKey key = SigningKey.generate(new SecureRandom());
    final NodeTls tls = new NodeTls(key, CLOCK);
    final OfferBoard board;
    final PeerSessions sessions;
    final PeerConnections connections;
    final PeerServer server;

    Peer(List<HostPort> bootstrap) throws Exception {
      this(bootstrap, 0);
    }

    Peer(List<HostPort> bootstrap, int port) throws Exception {
      AddressPolicy policy = AddressPolicy.like(List.of(HostPort.parse("127.0.0.1:1")));
      board = new OfferBoard(new IndexedOrderBook(1), policy, CLOCK);
      sessions = new PeerSessions(board, System::nanoTime);
      connections = new PeerConnections(tls, policy);
      open.add(connections);
      Greeting greeting = new Greeting(List.of(), "test", CLOCK);
      server =
          PeerServer.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              tls,
              List.of(
                  new PeerGrpcService(sessions, greeting),
                  new MarketGrpcService(new MarketQueries(board, "USD", new SecureRandom()))));
      open.add(server);
      open.add(sessions);
      sessions.meet(bootstrap, connections, greeting);
    }

    HostPort address() {
      return new HostPort("127.0.0.1", server.port());
    }

    OfferKey key() {
      return key("o");
    }

    OfferKey key(String name) {
      return new OfferKey(key.nodeId().text(), name);
    }

    SignedEnvelope offer(String name, String... addresses) {
      return EnvelopeKind.OFFER.sign(
          key,
          terms(1).setOfferId(name).clearAddresses().addAllAddresses(List.of(addresses)).build());
    }

    SignedEnvelope offer(long sequence, boolean withdrawn) {
      return EnvelopeKind.OFFER.sign(key, terms(sequence).setWithdrawn(withdrawn).build());
    }

    private Offer.Builder terms(long sequence) {
      long now = CLOCK.millis();
      return Offer.newBuilder()
          .setOfferId("o")
          .setSequence(sequence)
          .setIssueTimeUnixMs(now)
          .setExpireTimeUnixMs(now + 60_000)
          .addAddresses("127.0.0.1:9")
          .setRegion("eu-de")
          .setGpu(GpuModel.newBuilder().setModel("rtx4090").setTier(Tier.TIER_MEDIUM_1))
          .setGpuCount(1)
          .setGpuAvailable(1)
          .setPrice(Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(1))
          .setMaxDurationMs(1_000)
          .addRuntimes(RuntimeKind.RUNTIME_KIND_CONTAINER);
    }
  }
}
