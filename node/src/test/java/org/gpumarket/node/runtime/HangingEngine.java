package org.gpumarket.node.runtime;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** An engine that takes every call and answers none until it is told to. */
final class HangingEngine implements AutoCloseable {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocketChannel server;
  private final Queue<SocketChannel> calls = new ConcurrentLinkedQueue<>();
  private final CountDownLatch answering = new CountDownLatch(1);

  HangingEngine(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().name("hanging-engine").start(this::accept);
  }

  /** How many calls came in so far. */
  int calls() {
    return calls.size();
  }

  /** Answers the calls that wait and those to come. */
  void answer() {
    answering.countDown();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel call : calls) {
      call.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel call = server.accept();
        calls.add(call);
        if (!server.isOpen()) {
          call.close();
        }
        Thread.ofVirtual().name("hanging-call").start(() -> serve(call));
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  /** The whole of a ping comes in one piece. */
  private void serve(SocketChannel call) {
    try (call) {
      if (call.read(ByteBuffer.allocate(4_096)) > 0) {
        answering.await();
        var _ = call.write(ByteBuffer.wrap(OK));
      }
    } catch (IOException _) {
      // Whoever called has given up.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
