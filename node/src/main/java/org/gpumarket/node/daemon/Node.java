package org.gpumarket.node.daemon;

import io.grpc.BindableService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.node.identity.KeyFile;
import org.gpumarket.node.identity.NodeTls;
import org.gpumarket.node.lease.ConsumerLeases;
import org.gpumarket.node.lease.GpuHolds;
import org.gpumarket.node.lease.GrpcProviders;
import org.gpumarket.node.lease.LeaseGrpcService;
import org.gpumarket.node.lease.LeaseSurroundings;
import org.gpumarket.node.lease.ProviderLeases;
import org.gpumarket.node.lease.ProviderTerms;
import org.gpumarket.node.market.MarketGrpcService;
import org.gpumarket.node.market.MarketQueries;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.node.market.OwnOffers;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.Greeting;
import org.gpumarket.node.peer.HostPort;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.peer.PeerGrpcService;
import org.gpumarket.node.peer.PeerServer;
import org.gpumarket.node.peer.PeerSessions;
import org.gpumarket.node.rig.RigException;
import org.gpumarket.node.runtime.ContainerRuntime;
import org.gpumarket.node.runtime.EngineSocket;
import org.gpumarket.node.runtime.ProcessRuntime;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every part of a running node, put together. Built from the ledger up, ended from the peers down,
 * so that nothing is answered before it can be kept, and nothing is kept open that is still asked.
 */
final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** How often leases, offers and holds look at the clock. */
  private static final Duration TICK = Duration.ofMillis(100);

  private static final Duration OFFERS_TICK = Duration.ofSeconds(15);

  /** Of the ten seconds that a clean end may take. */
  private static final Duration LEASES_END = Duration.ofSeconds(6);

  private final OpenParts parts = new OpenParts();
  private final Settings settings;
  private final NodeId nodeId;
  private final long startMillis;
  private final Ledger ledger;
  private final GpuHolds holds;
  private final Rig rig;
  private final List<WorkloadRuntime> runtimes;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final OfferBoard board;
  private final OwnOffers offers;
  private final MarketQueries market;
  private final OwnerSearch search;
  private final PeerSessions sessions;
  private final Greeting greeting;
  private final PeerConnections connections;
  private final ProviderLeases provided;
  private final ConsumerLeases taken;
  private final Settlement settlement;
  private final PeerServer server;
  private final Ticker ticker = new Ticker();
  private volatile List<String> addresses = List.of();

  /**
   * Starts a node; what a failing start has opened is closed again.
   *
   * @throws IOException with one sentence when a file or an address cannot be used
   */
  Node(Settings settings, Optional<char[]> passphrase)
      throws IOException, LedgerException, RigException, SettingsException {
    boolean started = false;
    try {
      InstantSource clock = InstantSource.system();
      Home home = settings.home();
      this.settings = settings;
      this.startMillis = clock.millis();
      for (Path open : home.makePrivate()) {
        LOG.warn(
            "other users of this machine could read {}; its owner alone can from now on", open);
      }
      SigningKey identity = KeyFile.loadOrCreate(home.keyFile(), passphrase);
      this.nodeId = identity.nodeId();
      this.ledger = parts.opened("the ledger", Ledger.open(home.ledgerFolder(), identity, clock));
      parts.onClose("the tasks", executor::shutdown);
      this.holds = GpuHolds.open(ledger);
      this.rig = Rig.find(settings, nodeId);
      this.runtimes = runtimes(settings, nodeId, holds, rig.resources());
      runtimes.forEach(runtime -> parts.onClose("the runtime " + runtime.kind(), runtime));
      NodeTls tls = new NodeTls(identity, clock);
      List<HostPort> bootstrap = addresses(settings, Setting.BOOTSTRAP);
      HostPort listen = HostPort.parse(settings.text(Setting.LISTEN));
      AddressPolicy policy =
          AddressPolicy.like(Stream.concat(bootstrap.stream(), Stream.of(listen)).toList());
      this.connections = parts.opened("the connections", new PeerConnections(tls, policy));
      this.board =
          new OfferBoard(new IndexedOrderBook(new SecureRandom().nextLong()), policy, clock);
      this.sessions = new PeerSessions(board, System::nanoTime);
      this.market = new MarketQueries(board, settings.text(Setting.CURRENCY), new SecureRandom());
      this.search =
          new OwnerSearch(market, board, sessions::peers, () -> withheld(settings, rig, usable()));
      this.offers =
          new OwnOffers(
              identity, ledger, board, clock, () -> rig.offers(addresses, usable(), holds::free));
      LeaseSurroundings surroundings =
          new LeaseSurroundings(clock, System::nanoTime, executor, new SecureRandom());
      this.provided =
          new ProviderLeases(
              identity,
              ledger,
              holds,
              rig.gpus(),
              id -> offers.published(id).flatMap(rig::terms),
              runtimes,
              new ProviderTerms(
                  settings.duration(Setting.SETTLEMENT_INTERVAL).toMillis(),
                  settings.duration(Setting.VOUCHER_GRACE).toMillis()),
              surroundings);
      this.taken =
          new ConsumerLeases(
              identity, ledger, search::search, new GrpcProviders(connections), surroundings);
      this.settlement =
          new Settlement(identity, ledger, board, taken, connections, clock, executor);
      this.greeting = new Greeting(List.of(), Version.USER_AGENT, clock);
      provided.recover();
      this.server =
          parts.opened(
              "the server",
              PeerServer.start(
                  socketAddress(listen),
                  tls,
                  List.<BindableService>of(
                      new PeerGrpcService(sessions, greeting),
                      new MarketGrpcService(market),
                      new LeaseGrpcService(provided, executor),
                      settlement.service())));
      this.addresses = advertised(settings, listen, server.port());
      parts.onClose("the peers", sessions);
      sessions.meet(bootstrap, connections, greeting);
      begin();
      started = true;
    } finally {
      if (!started) {
        parts.close();
      }
    }
  }

  /**
   * From here on the node acts by itself. Its end begins with what others see: until now leases
   * were not looked after, and a start that fails leaves them to the next one.
   */
  private void begin() {
    holds.onChange(() -> executor.execute(offers::refresh));
    offers.refresh();
    parts.onClose("the ticker", ticker);
    ticker.every(TICK, provided::tick);
    ticker.every(TICK, taken::tick);
    ticker.every(Duration.ofSeconds(1), settlement::tick);
    ticker.every(OFFERS_TICK, offers::refresh);
    ticker.every(OFFERS_TICK, board::expire);
    sayWhatIsMissing();
    parts.onClose("the leases of this consumer", taken::shutdown);
    parts.onClose("the leases of this provider", () -> provided.shutdown(LEASES_END));
    parts.onClose("the offers", offers::withdrawAll);
  }

  Settings settings() {
    return settings;
  }

  NodeId nodeId() {
    return nodeId;
  }

  long startMillis() {
    return startMillis;
  }

  Ledger ledger() {
    return ledger;
  }

  GpuHolds holds() {
    return holds;
  }

  Rig rig() {
    return rig;
  }

  OfferBoard board() {
    return board;
  }

  OwnerSearch search() {
    return search;
  }

  /**
   * Meets peers at these addresses too, until this node ends.
   *
   * @param typed by the owner, "host:port" each
   * @throws IllegalArgumentException with one sentence when one is no address, or they are too many
   */
  void meet(List<String> typed) {
    sessions.meet(typed.stream().map(HostPort::parse).toList(), connections, greeting);
  }

  PeerSessions sessions() {
    return sessions;
  }

  ProviderLeases provided() {
    return provided;
  }

  ConsumerLeases taken() {
    return taken;
  }

  Settlement settlement() {
    return settlement;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Where it listens, "host:port". */
  String listenAddress() {
    return new HostPort(HostPort.parse(settings.text(Setting.LISTEN)).host(), server.port())
        .toString();
  }

  List<String> advertisedAddresses() {
    return addresses;
  }

  /** The runtimes that answer at this moment. */
  List<RuntimeKind> usable() {
    return runtimes.stream()
        .filter(runtime -> runtime.problem().isEmpty())
        .map(WorkloadRuntime::kind)
        .toList();
  }

  /** Ends every part, in order, whatever becomes of the others. */
  @Override
  public void close() {
    parts.close();
  }

  private void sayWhatIsMissing() {
    if (!settings.is(Setting.SELL)) {
      return;
    }
    if (rig.gpus().isEmpty()) {
      LOG.info("no GPU was found here, so nothing is offered; this node can buy");
      return;
    }
    AddressPolicy world = AddressPolicy.like(List.of());
    if (addresses.stream().map(HostPort::parse).noneMatch(world::mayPassOn)) {
      LOG.info(
          "others are told {}, which is reached from this machine or network only: to sell to the"
              + " world, forward the port and say where with --advertise",
          String.join(", ", addresses));
    }
    withheld(settings, rig, usable())
        .forEach(why -> LOG.warn("nothing is offered, because {}", why));
  }

  /** Why GPUs that are here are not offered; empty where they are, or there are none. */
  private static List<String> withheld(Settings settings, Rig rig, List<RuntimeKind> usable) {
    List<String> reasons = new ArrayList<>();
    if (!rig.gpus().isEmpty() && settings.text(Setting.REGION).isEmpty()) {
      reasons.add("no region is set: set one, for example --region eu-de");
    }
    if (!rig.gpus().isEmpty() && usable.isEmpty()) {
      reasons.add(
          "nothing can run workloads here: install Podman or Docker, or allow plain processes with"
              + " --allow-process-runtime true");
    }
    return reasons;
  }

  private static List<WorkloadRuntime> runtimes(
      Settings settings, NodeId node, GpuHolds holds, Resources sold) throws IOException {
    List<WorkloadRuntime> runtimes = new ArrayList<>();
    String socket = settings.text(Setting.CONTAINER_SOCKET);
    EngineSocket.find(
            socket.isEmpty() ? Optional.empty() : Optional.of(Path.of(socket)), System.getenv())
        .ifPresent(found -> runtimes.add(new ContainerRuntime(found, node, holds, sold)));
    if (settings.is(Setting.ALLOW_PROCESS_RUNTIME)) {
      runtimes.add(new ProcessRuntime(settings.home().workloadFolder(), holds));
    }
    return List.copyOf(runtimes);
  }

  private static List<HostPort> addresses(Settings settings, Setting setting) {
    return settings.list(setting).stream().map(HostPort::parse).toList();
  }

  private static InetSocketAddress socketAddress(HostPort listen) throws IOException {
    return new InetSocketAddress(listen.resolve(), listen.port());
  }

  /** What the owner says, else the listening address, else this machine's own. */
  private static List<String> advertised(Settings settings, HostPort listen, int port)
      throws IOException {
    List<String> told = settings.list(Setting.ADVERTISE);
    if (!told.isEmpty()) {
      return told;
    }
    InetAddress address = listen.resolve();
    String host = address.isAnyLocalAddress() ? outwardAddress().getHostAddress() : listen.host();
    return List.of(new HostPort(host, port).toString());
  }

  /**
   * The address from which this machine would speak to the world. Connecting a datagram socket
   * sends nothing; the address asked for is one that nobody has (RFC 5737).
   */
  private static InetAddress outwardAddress() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress("192.0.2.1", 9));
      InetAddress own = socket.getLocalAddress();
      return own.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : own;
    } catch (IOException | UncheckedIOException _) {
      return InetAddress.getLoopbackAddress();
    }
  }
}
