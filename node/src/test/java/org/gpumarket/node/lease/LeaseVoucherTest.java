package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.Usages;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vouchers and usage that are lost, repeated or wrong. */
class LeaseVoucherTest {
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
    world.run(Duration.ofSeconds(11));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aVoucherThatWasLostIsCoveredByTheNext() throws Exception {
    consumer.network.losesVouchers = true;
    world.run(Duration.ofSeconds(10));
    consumer.network.losesVouchers = false;
    world.run(Duration.ofSeconds(10));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void missingVouchersPauseTheWorkloadThenCloseTheLeaseUnpaid() throws Exception {
    consumer.network.losesVouchers = true;

    world.run(Duration.ofSeconds(16));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_SUSPENDED);
    assertThat(provider.runtime.running()).isZero();
    long paused = consumer.lease().getGpuMillis();

    world.run(Duration.ofSeconds(6));
    assertThat(provider.leases.views(true).getLast().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_UNPAID);
    assertThat(consumer.lease().getGpuMillis()).isEqualTo(paused);
  }

  @Test
  void aVoucherResumesAPausedWorkloadAndThePauseIsNotBilled() throws Exception {
    consumer.network.losesVouchers = true;
    world.run(Duration.ofSeconds(16));
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_SUSPENDED);
    long paused = consumer.lease().getGpuMillis();
    world.run(Duration.ofSeconds(2));

    consumer.network.losesVouchers = false;
    consumer.network.breakStreams();
    world.run(Duration.ofSeconds(11));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getGpuMillis()).isBetween(paused + 9_000, paused + 11_000);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aRepeatedVoucherIsAcknowledgedAndNotBookedTwice() throws Exception {
    long entries = provider.ledger.size();
    SignedEnvelope voucher = consumer.lease().getStatus().getVoucher();

    consumer.network.stream().voucher(voucher);
    consumer.network.stream().voucher(voucher);
    world.time.runAll();

    long covered = EnvelopeKind.VOUCHER.open(voucher).message().getGpuMillis();
    assertThat(consumer.network.receipts).endsWith(covered, covered);
    assertThat(provider.ledger.size()).isEqualTo(entries);
  }

  @Test
  void aLowerVoucherIsAnsweredWithWhatIsCoveredAlready() throws Exception {
    long entries = provider.ledger.size();
    consumer.network.stream().voucher(voucher(consumer.key, 1_000));
    world.time.runAll();

    assertThat(consumer.network.receipts.getLast()).isGreaterThan(1_000);
    assertThat(provider.ledger.size()).isEqualTo(entries);
  }

  @Test
  void aVoucherWithAWrongAmountIsRefusedWithASentence() throws Exception {
    LeaseView lease = consumer.lease();
    SignedEnvelope wrong =
        EnvelopeKind.VOUCHER.sign(
            consumer.key,
            Voucher.newBuilder()
                .setLeaseId(lease.getLeaseId())
                .setGpuMillis(3_600)
                .setAmount(Vouchers.owed(3_600, lease.getPrice()).toBuilder().setAmountMicros(1))
                .build());
    refused(wrong, "this voucher says 1 micros where 1000 USD micros are owed");
  }

  @Test
  void aVoucherForMoreThanWasUsedIsRefused() throws Exception {
    SignedEnvelope tooMuch = voucher(consumer.key, 1_000_000);
    refused(tooMuch, "this voucher covers 1000000 GPU-milliseconds where");
  }

  @Test
  void aStrangersVoucherIsRefused() throws Exception {
    SigningKey stranger = SigningKey.generate(new SecureRandom());
    refused(voucher(stranger, 5_000), "this voucher is not signed by the lease's consumer");
  }

  @Test
  void aVoucherWhoseSignatureOnlyALaxCheckAcceptsIsRefused() throws Exception {
    // A = R = a point of small order and S = 0 verifies for any message under a lax check.
    byte[] smallOrder = new byte[32];
    smallOrder[0] = 1;
    SignedEnvelope lax =
        voucher(consumer.key, 5_000).toBuilder()
            .setSigner(ByteString.copyFrom(smallOrder))
            .setSignature(ByteString.copyFrom(smallOrder).concat(ByteString.copyFrom(new byte[32])))
            .build();
    refused(lax, "this is not the public key of anybody");
  }

  @Test
  void usageThatCannotBeTrueIsDisputedAndNeverVouchered() throws Exception {
    String before = consumer.lease().getVouchered().toString();
    Usage lie =
        Usage.newBuilder()
            .setLeaseId(consumer.lease().getLeaseId())
            .setSequence(1_000)
            .setGpuMillis(100_000)
            .build();
    SignedEnvelope signed = Usages.sign(provider.key, consumer.lease().getPrice(), lie);
    consumer.network.onTheWay =
        response ->
            response.hasStatus()
                ? SettleResponse.newBuilder()
                    .setStatus(response.getStatus().toBuilder().setUsage(signed))
                    .build()
                : response;

    world.run(Duration.ofSeconds(12));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_DISPUTED);
    assertThat(consumer.lease().getStatus().getDetail())
        .startsWith("the provider claims 100000 GPU-milliseconds where at most");
    assertThat(consumer.lease().getVouchered().toString()).isEqualTo(before);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(provider.runtime.running()).isZero();
    assertThat(consumer.ledger.verify().problem()).isEmpty();
  }

  private void refused(SignedEnvelope voucher, String sentence) throws Exception {
    long entries = provider.ledger.size();
    consumer.network.stream().voucher(voucher);
    world.time.runAll();
    assertThat(consumer.network.refusals.getLast()).startsWith(sentence);
    assertThat(provider.ledger.size()).isEqualTo(entries);
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  private SignedEnvelope voucher(SigningKey key, long gpuMillis) {
    LeaseView lease = consumer.lease();
    return Vouchers.sign(key, lease.getLeaseId(), gpuMillis, lease.getPrice(), 0);
  }
}
