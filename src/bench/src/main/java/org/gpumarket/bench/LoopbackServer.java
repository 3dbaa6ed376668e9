package org.gpumarket.bench;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.node.identity.NodeTls;
import org.gpumarket.node.market.MarketGrpcService;
import org.gpumarket.node.market.MarketQueries;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.Greeting;
import org.gpumarket.node.peer.HostPort;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.peer.PeerGrpcService;
import org.gpumarket.node.peer.PeerServer;
import org.gpumarket.node.peer.PeerSessions;

/** The real server stack of a node on loopback, with a board and clients of its own. */
final class LoopbackServer implements AutoCloseable {
  private static final InstantSource CLOCK = InstantSource.system();

  private final NodeTls tls = new NodeTls(SigningKey.generate(new SecureRandom()), CLOCK);
  private final AddressPolicy policy = AddressPolicy.like(List.of(new HostPort("127.0.0.1", 1)));
  private final OfferBoard board = new OfferBoard(new IndexedOrderBook(1), policy, CLOCK);
  private final List<PeerConnections> clients = new ArrayList<>();
  private final PeerServer server;

  /** Serves hello and searches over so many offers. */
  LoopbackServer(int offers) throws Exception {
    SampleOffers.of(offers, 1, CLOCK.millis()).forEach(board::take);
    List<BindableService> services =
        List.of(
            new PeerGrpcService(
                new PeerSessions(board, System::nanoTime), new Greeting(List.of(), "bench", CLOCK)),
            new MarketGrpcService(new MarketQueries(board, "USD", new SecureRandom())));
    server =
        PeerServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, services);
  }

  int offers() {
    return board.size();
  }

  int port() {
    return server.port();
  }

  /** A connection of its own. */
  ManagedChannel client() throws Exception {
    PeerConnections connections =
        new PeerConnections(new NodeTls(SigningKey.generate(new SecureRandom()), CLOCK), policy);
    clients.add(connections);
    return connections.to(tls.nodeId(), List.of("127.0.0.1:" + port()));
  }

  @Override
  public void close() {
    clients.forEach(PeerConnections::close);
    server.close();
  }
}
