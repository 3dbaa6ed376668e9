package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;

import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.v1.SettleRequest;
import org.gpumarket.v1.SettleResponse;
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

  private SettleStream stream(Wire wire) {
    return new SettleStream(provider.leases, consumer.key.nodeId(), wire, world.time);
  }

  private SettleRequest hello() {
    return SettleRequest.newBuilder().setLeaseId(consumer.lease().getLeaseId()).build();
  }

  /** A call that is always ready, and remembers. */
  private static final class Wire extends ServerCallStreamObserver<SettleResponse> {
    private final List<SettleResponse> sent = new ArrayList<>();
    private final List<Throwable> error = new ArrayList<>();
    private boolean completed;

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
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

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
