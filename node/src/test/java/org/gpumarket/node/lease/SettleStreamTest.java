package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.v1.SettleRequest;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire's end of a settlement, with a consumer that does not keep to the order of things. */
class SettleStreamTest {
  @TempDir Path folder;
  private LeaseWorld world;
  private ProviderSide provider;
  private ConsumerSide consumer;

  @BeforeEach
  void open() throws Exception {
    world = new LeaseWorld(folder);
    provider = world.provider(PRICE, 1);
    consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofMinutes(5)));
    world.run(Duration.ofSeconds(1));
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aConsumerThatEndsItsStreamsBeforeTheyHaveBegunMayStillSettleInAnother() {
    for (int i = 0; i < LeaseLimits.SETTLE_STREAMS; i++) {
      Wire wire = new Wire();
      SettleStream hasty = stream(wire);
      hasty.onNext(hello());
      hasty.onCompleted();
      world.time.runAll();
      assertThat(wire.completed).isTrue();
    }

    Wire wire = new Wire();
    stream(wire).onNext(hello());
    world.time.runAll();

    assertThat(wire.error).isEmpty();
    assertThat(wire.sent).hasSize(1).allMatch(SettleResponse::hasStatus);
  }

  @Test
  void aMessageThatIsNoVouchersSizeEndsTheStreamBeforeItWaitsForAnything() {
    Wire wire = new Wire();
    SettleStream stream = stream(wire);
    stream.onNext(hello());
    world.time.runAll();

    stream.onNext(
        SettleRequest.newBuilder()
            .setVoucher(
                SignedEnvelope.newBuilder().setPayload(ByteString.copyFrom(new byte[1 << 20])))
            .build());
    stream.onNext(hello());
    world.time.runAll();

    assertThat(wire.error.toString()).contains("a settlement message has at most 8192 bytes");
    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void aConsumerThatDoesNotReadIsKeptNoMoreThanTheNewestFor() {
    Wire wire = new Wire();
    SettleStream stream = stream(wire);
    stream.onNext(hello());
    world.time.runAll();
    wire.ready = false;
    for (int i = 1; i <= 1_000; i++) {
      stream.receipt(i);
      stream.refusal("no");
    }
    assertThat(wire.sent).hasSize(1);

    wire.ready = true;
    wire.onReady.run();

    assertThat(wire.sent).hasSize(2);
    assertThat(wire.sent.getLast().getReceipt().getGpuMillis()).isEqualTo(1_000);
  }

  private SettleStream stream(Wire wire) {
    return new SettleStream(provider.leases, consumer.key.nodeId(), wire, world.time);
  }

  private SettleRequest hello() {
    return SettleRequest.newBuilder().setLeaseId(consumer.lease().getLeaseId()).build();
  }

  /** A call that is ready while the test says so, and remembers. */
  private static final class Wire extends ServerCallStreamObserver<SettleResponse> {
    private final List<SettleResponse> sent = new ArrayList<>();
    private final List<Throwable> error = new ArrayList<>();
    private boolean completed;
    private boolean ready = true;
    private Runnable onReady = () -> {};

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void onNext(SettleResponse response) {
      sent.add(response);
    }

    @Override
    public void onError(Throwable thrown) {
      error.add(thrown);
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }
}
