package org.gpumarket.node.peer;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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

  private final NodeTls tls;
  private final AddressPolicy policy;
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  public PeerConnections(NodeTls tls, AddressPolicy policy) {
    this.tls = tls;
    this.policy = policy;
  }

  /**
   * A channel to a node at an address that others told.
   *
   * @throws IOException with one sentence when none of its addresses may be dialled
   */
  public ManagedChannel to(NodeId expected, List<String> addresses) throws IOException {
    for (String text : addresses) {
      HostPort address;
      try {
        address = HostPort.parse(text);
      } catch (IllegalArgumentException _) {
        continue;
      }
      if (address.port() != 0 && policy.mayDial(address)) {
        return channel(address, Optional.of(expected));
      }
    }
    throw new IOException(
        "node " + expected.abbreviated() + " has no address that may be dialled from here");
  }

  /** A channel to whoever listens at an address that the user typed. */
  ManagedChannel dial(HostPort address) throws IOException {
    return channel(address, Optional.empty());
  }

  NodeTls tls() {
    return tls;
  }

  private ManagedChannel channel(HostPort address, Optional<NodeId> expected) throws IOException {
    try {
      return channels.computeIfAbsent(
          expected.map(NodeId::text).orElse("") + "@" + address, _ -> open(address, expected));
    } catch (TlsFailure e) {
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private ManagedChannel open(HostPort address, Optional<NodeId> expected) {
    try {
      return NettyChannelBuilder.forAddress(address.host(), address.port())
          .eventLoopGroup(eventLoops)
          .channelType(NioSocketChannel.class)
          .sslContext(tls.clientContext(expected))
          .overrideAuthority("gpumarket")
          .executor(callbacks)
          .maxInboundMessageSize(PeerServer.MAX_MESSAGE_BYTES)
          .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
          .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
          .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
          .build();
    } catch (SSLException e) {
      throw new TlsFailure(e);
    }
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    callbacks.shutdown();
    var _ = eventLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
  }

  private static final class TlsFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TlsFailure(SSLException cause) {
      super(cause);
    }
  }
}
