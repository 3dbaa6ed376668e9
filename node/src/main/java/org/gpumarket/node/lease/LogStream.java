package org.gpumarket.node.lease;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.v1.StreamLogsResponse;
import org.jspecify.annotations.Nullable;

/**
 * A workload's output on its way to the consumer. Waits while the consumer reads slower than the
 * workload writes, so that memory stays bounded; a consumer that hangs up frees the thread.
 */
final class LogStream implements LogSink {
  private final ServerCallStreamObserver<StreamLogsResponse> observer;
  private final int pieceBytes;
  private final Object turn = new Object();
  private @Nullable Thread writer;
  private boolean cancelled;

  LogStream(ServerCallStreamObserver<StreamLogsResponse> observer, int pieceBytes) {
    this.observer = observer;
    this.pieceBytes = pieceBytes;
    observer.setOnReadyHandler(this::wake);
    observer.setOnCancelHandler(this::cancel);
  }

  /** The thread that will write; it is interrupted when the consumer hangs up. */
  void enter() {
    synchronized (turn) {
      writer = Thread.currentThread();
      if (cancelled) {
        writer.interrupt();
      }
    }
  }

  @Override
  public boolean write(Stream stream, byte[] piece) {
    for (int at = 0; at < piece.length; at += pieceBytes) {
      if (!awaitReady()) {
        return false;
      }
      observer.onNext(
          StreamLogsResponse.newBuilder()
              .setData(LeaseGrpcService.piece(piece, at, Math.min(pieceBytes, piece.length - at)))
              .setStderr(stream == Stream.STDERR)
              .build());
    }
    return true;
  }

  private boolean awaitReady() {
    synchronized (turn) {
      try {
        while (!observer.isReady() && !cancelled) {
          turn.wait();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
      return !cancelled;
    }
  }

  void end() {
    if (leave()) {
      observer.onCompleted();
    }
  }

  void fail(StatusRuntimeException status) {
    if (leave()) {
      observer.onError(status);
    }
  }

  private boolean leave() {
    synchronized (turn) {
      writer = null;
      return !cancelled;
    }
  }

  private void wake() {
    synchronized (turn) {
      turn.notifyAll();
    }
  }

  private void cancel() {
    synchronized (turn) {
      cancelled = true;
      if (writer != null) {
        writer.interrupt();
      }
      turn.notifyAll();
    }
  }
}
