package org.gpumarket.node.daemon;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.v1.FollowLogsResponse;

/**
 * A workload's output on its way to the owner. Waits while the owner reads slower than the workload
 * writes, so that memory stays bounded; an owner who leaves interrupts the thread that writes.
 *
 * <p>To be made and used by the thread that answers the call. While that thread is busy, gRPC holds
 * back the call's own events, but not the end of its context, which is looked at instead.
 */
final class FollowedLogs implements LogSink, AutoCloseable {
  private static final Duration READY_POLL = Duration.ofMillis(10);

  private final ServerCallStreamObserver<FollowLogsResponse> stream;
  private final Context call = Context.current();
  private final Context.CancellationListener onGone;

  FollowedLogs(ServerCallStreamObserver<FollowLogsResponse> stream) {
    Thread writer = Thread.currentThread();
    this.stream = stream;
    this.onGone = _ -> writer.interrupt();
    call.addListener(onGone, Runnable::run);
  }

  @Override
  public boolean write(Stream from, byte[] piece) {
    while (!stream.isReady()) {
      if (isGone() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(READY_POLL.toNanos());
    }
    stream.onNext(
        FollowLogsResponse.newBuilder()
            .setData(ByteString.copyFrom(piece))
            .setStderr(from == Stream.STDERR)
            .build());
    return true;
  }

  /** Whether nobody reads any more. */
  boolean isGone() {
    return call.isCancelled();
  }

  @Override
  public void close() {
    call.removeListener(onGone);
  }
}
