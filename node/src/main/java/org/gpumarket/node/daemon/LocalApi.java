package org.gpumarket.node.daemon;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.LocalServiceGrpc;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceBlockingStub;

/**
 * A connection to the node that runs in a data folder, over its Unix domain socket. Safe for use by
 * several threads; closing it ends the calls under way.
 */
public final class LocalApi implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final EventLoopGroup eventLoop;
  private final ManagedChannel channel;

  private LocalApi(EventLoopGroup eventLoop, ManagedChannel channel) {
    this.eventLoop = eventLoop;
    this.channel = channel;
  }

  /**
   * Connects to the node of a data folder.
   *
   * @throws NodeNotRunningException when nothing answers there, or somebody else might
   */
  public static LocalApi connect(Path dataFolder) throws NodeNotRunningException {
    Path socket = LocalSocket.pathFor(dataFolder);
    if (!answers(socket)) {
      throw new NodeNotRunningException("no node runs in " + dataFolder);
    }
    try {
      LocalSocket.requireOwn(socket);
    } catch (IOException e) {
      throw new NodeNotRunningException(String.valueOf(e.getMessage()));
    }
    EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .eventLoopGroup(eventLoop)
            .channelType(NioDomainSocketChannel.class)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .usePlaintext()
            .build();
    return new LocalApi(eventLoop, channel);
  }

  /** Whether a node answers in the data folder at this moment. */
  public static boolean isRunning(Path dataFolder) {
    return answers(LocalSocket.pathFor(dataFolder));
  }

  /** Calls that wait for their answer. */
  public LocalServiceBlockingStub stub() {
    return LocalServiceGrpc.newBlockingStub(channel);
  }

  /**
   * The newest entries of the ledger in their order, asked for page by page.
   *
   * @param most how many; fewer where there are fewer
   */
  public static List<IndexedEntry> lastEntries(LocalServiceBlockingStub node, int most) {
    List<IndexedEntry> entries = new ArrayList<>();
    long next = -most;
    ListEntriesResponse page;
    do {
      page =
          node.listEntries(
              ListEntriesRequest.newBuilder()
                  .setStartIndex(next)
                  .setPageSize(most - entries.size())
                  .build());
      entries.addAll(page.getEntriesList());
      next = entries.isEmpty() ? 0 : entries.getLast().getIndex() + 1;
    } while (page.getEntriesCount() > 0 && entries.size() < most && next < page.getLedgerSize());
    return entries;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = eventLoop.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
  }

  private static boolean answers(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException _) {
      return false;
    }
  }
}
