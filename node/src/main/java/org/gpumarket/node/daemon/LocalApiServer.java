package org.gpumarket.node.daemon;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The local API on a Unix domain socket of mode 0600. Whoever can open the file is the owner: the
 * file's rights are the only check, as with every such socket.
 */
final class LocalApiServer implements AutoCloseable {
  /** A deployment of 64 workloads of 60,000 bytes each fits. */
  private static final int MAX_MESSAGE_BYTES = 8 << 20;

  private static final long CLOSE_SECONDS = 2;

  private final Path socket;
  private final EventLoopGroup eventLoop;
  private final ExecutorService calls;
  private final Server server;

  private LocalApiServer(
      Path socket, EventLoopGroup eventLoop, ExecutorService calls, Server server) {
    this.socket = socket;
    this.eventLoop = eventLoop;
    this.calls = calls;
    this.server = server;
  }

  /**
   * Listens for the data folder's owner. The caller holds the folder's lock, so a socket that lies
   * there belongs to nobody.
   */
  static LocalApiServer start(Path dataFolder, BindableService service) throws IOException {
    Path socket = LocalSocket.pathFor(dataFolder);
    UnixDomainSocketAddress address = LocalSocket.prepare(socket);
    EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    Server server =
        NettyServerBuilder.forAddress(address)
            .bossEventLoopGroup(eventLoop)
            .workerEventLoopGroup(eventLoop)
            .channelType(NioServerDomainSocketChannel.class)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .executor(calls)
            .addService(service)
            .build();
    try {
      server.start();
      LocalSocket.allowOwnerOnly(socket, "rw-------");
    } catch (IOException e) {
      var _ = eventLoop.shutdownGracefully();
      calls.shutdown();
      throw new IOException("cannot listen on " + socket + ": " + e.getMessage(), e);
    }
    return new LocalApiServer(socket, eventLoop, calls, server);
  }

  /** Lets calls under way finish for a moment, then ends them, and removes the socket. */
  @Override
  public void close() throws IOException {
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdownNow();
    var _ = eventLoop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    Files.deleteIfExists(socket);
  }
}
