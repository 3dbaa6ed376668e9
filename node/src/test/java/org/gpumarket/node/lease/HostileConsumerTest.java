package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.WorkloadSpec;
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

  @Test
  void aLeaseIsNotExtendedWhenItsOfferStandsNoMore() throws Exception {
    run();
    String lease = consumer.lease().getLeaseId();
    String known = Base32.randomId(new SecureRandom());
    var _ = consumer.leases.extend(lease, known, 1_000);
    provider.offers = false;

    assertThatThrownBy(
            () ->
                consumer.leases.extend(
                    lease,
                    Base32.randomId(new SecureRandom()),
                    LeaseLimits.MAX_DURATION_MILLIS / 2))
        .isInstanceOf(RefusalException.class)
        .hasMessage("the offer of this lease stands no more");
    assertThat(consumer.leases.extend(lease, known, 1_000).getStatus().getDurationMs())
        .isEqualTo(301_000);
  }

  @Test
  void leasesThatAreAgreedAndNeverStartedDoNotTakeEveryCard() throws Exception {
    for (int i = 0; i < LeaseLimits.UNSTARTED_PER_CONSUMER; i++) {
      agreeWithoutStarting();
    }

    assertThatThrownBy(this::agreeWithoutStarting)
        .isInstanceOf(RefusalException.class)
        .hasMessage("start your 16 agreed leases first");
    ConsumerSide other = world.consumer(provider);
    other.deploy(other.order(1, Duration.ofMinutes(1)));
    world.tick();
    assertThat(state(other)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  private void run() {
    consumer.deploy(consumer.order(1, Duration.ofMinutes(5)));
    world.run(Duration.ofSeconds(11));
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  private SignedEnvelope voucher(LeaseView lease, long gpuMillis) {
    return Vouchers.sign(consumer.key, lease.getLeaseId(), gpuMillis, lease.getPrice(), 0);
  }

  private void agreeWithoutStarting() throws RefusalException {
    SignedEnvelope quote =
        provider.leases.requestQuote(
            consumer.key.nodeId(),
            RequestQuoteRequest.newBuilder()
                .setRequestId(Base32.randomId(new SecureRandom()))
                .setOfferId("all")
                .setGpuCount(1)
                .setDurationMs(60_000)
                .setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS)
                .setAcceptSimulated(true)
                .build());
    Lease lease =
        Lease.newBuilder()
            .setQuote(quote)
            .setRequestId(Base32.randomId(new SecureRandom()))
            .setWorkload(
                WorkloadSpec.newBuilder()
                    .setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS)
                    .addCommand("true"))
            .build();
    var _ =
        provider.leases.agree(consumer.key.nodeId(), EnvelopeKind.LEASE.sign(consumer.key, lease));
  }
}
