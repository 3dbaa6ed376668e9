package org.gpumarket.node.peer;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.gpumarket.node.identity.NodeTls;

/** Answers other nodes: gRPC over TLS 1.3, every caller proven. Health and reflection are on. */
public final class PeerServer implements AutoCloseable {
  /** 256 offers of a few KiB, or one lease with its workload. */
  static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** Calls that one peer may have open at a time. */
  private static final int MAX_CALLS_PER_CONNECTION = 128;

  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final long HANDSHAKE_SECONDS = 20;
  private static final long KEEP_ALIVE_SECONDS = 30;

  private final Server server;
  private final HealthStatusManager health;
  private final EventLoopGroup eventLoops;
  private final ExecutorService calls;

  private PeerServer(
      Server server, HealthStatusManager health, EventLoopGroup eventLoops, ExecutorService calls) {
    this.server = server;
    this.health = health;
    this.eventLoops = eventLoops;
    this.calls = calls;
  }

  /**
   * Listens.
   *
   * @throws IOException with one sentence when the address is in use or not this machine's
   */
  public static PeerServer start(
      InetSocketAddress address, NodeTls tls, List<BindableService> services) throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .channelType(NioServerSocketChannel.class)
            .sslContext(tls.serverContext())
            .executor(calls)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(RemotePeer.interceptor(tls))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    services.forEach(builder::addService);
    try {
      Server server = builder.build().start();
      health.setStatus("", ServingStatus.SERVING);
      return new PeerServer(server, health, eventLoops, calls);
    } catch (IOException e) {
      var _ = eventLoops.shutdownGracefully();
      calls.shutdown();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + cause.getMessage(),
          e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Tells health checks that the end is near, and ends open calls after a moment. */
  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(500, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(500, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdownNow();
    var _ = eventLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
  }
}
