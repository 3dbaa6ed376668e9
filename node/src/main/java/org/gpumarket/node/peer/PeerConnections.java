package org.gpumarket.node.peer;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.identity.NodeTls;

/**
 * Channels to other nodes, kept and shared. Safe for use by several threads. A channel connects
 * when it is first used and again after a break.
 */
public final class PeerConnections implements AutoCloseable {
  private static final long KEEP_ALIVE_SECONDS = 30;
  private static final long IDLE_MINUTES = 5;

  /** For one address: enough to repeat a lost packet once. */
  static final int CONNECT_MILLIS = 2_000;

  /** Nodes whose channels are kept. */
  private static final int MAX_NODES = 1_024;

  /** What a call names as its host: certificates are bound to nodes, not to hosts. */
  static final String AUTHORITY = "gpumarket";

  private final NodeTls tls;
  private final AddressPolicy policy;
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order of their last use; its lock guards it and {@link #typed}. */
  private final Map<NodeId, Known> nodes = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<HostPort, ManagedChannel> typed = new HashMap<>();

  public PeerConnections(NodeTls tls, AddressPolicy policy) {
    this.tls = tls;
    this.policy = policy;
  }

  /**
   * A channel to a node at the addresses typed by the user at which it was met, or at one of those
   * that others told: each is tried in turn, at most {@link NodeRoute#MAX_TRIED} of them. Does not
   * block: names are looked up when it connects.
   *
   * @throws IOException with one sentence when none of its addresses may be dialled
   */
  public ManagedChannel to(NodeId expected, List<String> addresses) throws IOException {
    List<HostPort> told =
        Stream.concat(policy.metAt(expected).stream(), addresses.stream().flatMap(this::possible))
            .distinct()
            .toList();
    if (told.isEmpty()) {
      throw new IOException(
          "node " + expected.abbreviated() + " has no address that may be dialled from here");
    }
    synchronized (nodes) {
      Known known = nodes.get(expected);
      if (known == null) {
        known = open(new NodeRoute(expected, told, policy, callbacks), expected);
        closeOneIdle();
        nodes.put(expected, known);
      }
      if (known.route.tell(told)) {
        known.channel.resetConnectBackoff();
      }
      return known.channel;
    }
  }

  private Stream<HostPort> possible(String text) {
    try {
      return Stream.of(HostPort.parse(text))
          .filter(address -> address.port() != 0 && policy.mayPassOn(address));
    } catch (IllegalArgumentException _) {
      return Stream.empty();
    }
  }

  /** Makes room for another node: closes the channel that was asked for longest ago, if unused. */
  private void closeOneIdle() {
    if (nodes.size() < MAX_NODES) {
      return;
    }
    nodes.entrySet().stream()
        .filter(entry -> entry.getValue().channel.getState(false) == ConnectivityState.IDLE)
        .findFirst()
        .map(Map.Entry::getKey)
        .map(nodes::remove)
        .ifPresent(idle -> idle.channel.shutdown());
  }

  /** A channel to whoever listens at an address that the user typed. */
  ManagedChannel dial(HostPort address) throws IOException {
    synchronized (nodes) {
      ManagedChannel known = typed.get(address);
      if (known == null) {
        known =
            open(NettyChannelBuilder.forAddress(address.host(), address.port()), Optional.empty());
        typed.put(address, known);
      }
      return known;
    }
  }

  /** Says that the user typed an address: others of the same reach may be dialled as well. */
  void typed(HostPort address) {
    policy.allowLike(address);
  }

  /** Says which node answered at an address that the user typed. */
  void met(HostPort typed, NodeId proven) {
    policy.noteMet(typed, proven);
  }

  NodeTls tls() {
    return tls;
  }

  /** gRPC has no other way to give one channel a resolver of its own. */
  @SuppressWarnings("deprecation")
  private Known open(NodeRoute route, NodeId expected) throws IOException {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(route.target())
            .nameResolverFactory(route)
            .addTransportFilter(route.noting());
    return new Known(route, open(builder, Optional.of(expected)));
  }

  private ManagedChannel open(NettyChannelBuilder builder, Optional<NodeId> expected)
      throws IOException {
    try {
      return builder
          .eventLoopGroup(eventLoops)
          .channelType(NioSocketChannel.class)
          .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
          .sslContext(tls.clientContext(expected))
          .overrideAuthority(AUTHORITY)
          .executor(callbacks)
          .maxInboundMessageSize(PeerServer.MAX_MESSAGE_BYTES)
          .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
          .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
          .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
          .build();
    } catch (SSLException e) {
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    synchronized (nodes) {
      nodes.values().forEach(known -> known.channel.shutdownNow());
      typed.values().forEach(ManagedChannel::shutdownNow);
    }
    callbacks.shutdown();
    var _ = eventLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
  }

  private record Known(NodeRoute route, ManagedChannel channel) {}
}
