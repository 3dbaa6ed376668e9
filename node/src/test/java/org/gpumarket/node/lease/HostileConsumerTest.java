package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer that wants more than it pays for, or a provider's disk and cards for nothing. */
class HostileConsumerTest {
  @TempDir Path folder;
  private LeaseWorld world;
  private ProviderSide provider;
  private ConsumerSide consumer;

  @BeforeEach
  void open() throws Exception {
    world = new LeaseWorld(folder);
    provider = world.provider(PRICE, 20);
    consumer = world.consumer(provider);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void vouchersForEveryMillisecondDoNotFillTheLedger() throws Exception {
    run();
    consumer.network.losesVouchers = true;
    world.run(Duration.ofSeconds(10));
    consumer.network.losesVouchers = false;
    LeaseView lease = provider.leases.views(false).getFirst();
    long covered = EnvelopeKind.VOUCHER.parse(lease.getStatus().getVoucher()).getGpuMillis();
    long used = lease.getGpuMillis();
    long entries = provider.ledger.size();

    for (long more = 1; more <= 100; more++) {
      consumer.network.stream().voucher(voucher(lease, covered + more));
    }
    world.time.runAll();

    assertThat(provider.ledger.size()).isEqualTo(entries + 1);
    assertThat(consumer.network.receipts.getLast()).isEqualTo(covered + 1);
    consumer.network.stream().voucher(voucher(lease, used));
    world.time.runAll();
    assertThat(provider.ledger.size()).isEqualTo(entries + 2);
    assertThat(consumer.network.receipts.getLast()).isEqualTo(used);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aVoucherWithMuchHiddenInItIsRefused() throws Exception {
    run();
    long entries = provider.ledger.size();
    SignedEnvelope voucher = voucher(provider.leases.views(false).getFirst(), 1);

    consumer.network.stream()
        .voucher(
            voucher.toBuilder()
                .setPayload(voucher.getPayload().concat(ByteString.copyFrom(new byte[4_096])))
                .build());
    world.time.runAll();

    assertThat(consumer.network.refusals.getLast()).isEqualTo("a voucher has at most 4096 bytes");
    assertThat(provider.ledger.size()).isEqualTo(entries);
  }

  private void run() {
    consumer.deploy(consumer.order(1, Duration.ofMinutes(5)));
    world.run(Duration.ofSeconds(11));
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  private SignedEnvelope voucher(LeaseView lease, long gpuMillis) {
    return Vouchers.sign(consumer.key, lease.getLeaseId(), gpuMillis, lease.getPrice(), 0);
  }
}
