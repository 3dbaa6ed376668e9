package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import org.gpumarket.ledger.books.Owed;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutConfirmation;
import org.gpumarket.v1.PayoutConfirmed;
import org.gpumarket.v1.PayoutRecorded;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.UsageMeasured;
import org.gpumarket.v1.Voucher;
import org.gpumarket.v1.VoucherRecorded;

/** Entries of one provider and one consumer who do business with each other. */
final class Story {
  static final long PRICE = 360_000; // 0.36 USD an hour: 100 micros a GPU-second

  final SigningKey provider = key(1);
  final SigningKey consumer = key(2);

  static SigningKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(seed);
  }

  LedgerEntry agreed(String leaseId, LeaseRole role) {
    Quote quote =
        Quote.newBuilder()
            .setLeaseId(leaseId)
            .setProvider(provider.nodeId().text())
            .setConsumer(consumer.nodeId().text())
            .addGpus(LeasedGpu.newBuilder().setUuid("GPU-1").setEpoch(1))
            .setGpu(GpuModel.newBuilder().setModel("rtx4090"))
            .setPrice(Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(PRICE))
            .setDurationMs(3_600_000)
            .build();
    SignedEnvelope lease =
        EnvelopeKind.LEASE.sign(
            consumer,
            Lease.newBuilder().setQuote(EnvelopeKind.QUOTE.sign(provider, quote)).build());
    return LedgerEntry.newBuilder()
        .setLeaseAgreed(
            LeaseAgreed.newBuilder()
                .setOwnerRole(role)
                .setConsumerLease(lease)
                .setProviderSignature(
                    EnvelopeKind.LEASE.countersign(provider, lease).getSignature()))
        .build();
  }

  LedgerEntry measured(String leaseId, long sequence, long gpuMillis) {
    Usage usage =
        Usage.newBuilder()
            .setLeaseId(leaseId)
            .setSequence(sequence)
            .setGpuMillis(gpuMillis)
            .setOwed(usd(Owed.micros(gpuMillis, PRICE)))
            .build();
    return LedgerEntry.newBuilder()
        .setUsageMeasured(
            UsageMeasured.newBuilder().setUsage(EnvelopeKind.USAGE.sign(provider, usage)))
        .build();
  }

  LedgerEntry vouchered(String leaseId, LeaseRole role, long gpuMillis) {
    return vouchered(leaseId, role, gpuMillis, Owed.micros(gpuMillis, PRICE), consumer);
  }

  LedgerEntry vouchered(
      String leaseId, LeaseRole role, long gpuMillis, long micros, SigningKey signer) {
    Voucher voucher =
        Voucher.newBuilder()
            .setLeaseId(leaseId)
            .setGpuMillis(gpuMillis)
            .setAmount(usd(micros))
            .build();
    return LedgerEntry.newBuilder()
        .setVoucherRecorded(
            VoucherRecorded.newBuilder()
                .setOwnerRole(role)
                .setVoucher(EnvelopeKind.VOUCHER.sign(signer, voucher)))
        .build();
  }

  SignedEnvelope payout(long micros, String reference) {
    return EnvelopeKind.PAYOUT.sign(
        consumer,
        Payout.newBuilder()
            .setPayer(consumer.nodeId().text())
            .setPayee(provider.nodeId().text())
            .setAmount(usd(micros))
            .setRail("manual")
            .setReference(reference)
            .build());
  }

  static LedgerEntry recorded(SignedEnvelope payout) {
    return LedgerEntry.newBuilder()
        .setPayoutRecorded(PayoutRecorded.newBuilder().setPayout(payout))
        .build();
  }

  LedgerEntry confirmed(SignedEnvelope payout, Answer answer) {
    PayoutConfirmation confirmation =
        PayoutConfirmation.newBuilder()
            .setPayoutSha256(
                ByteString.copyFrom(
                    org.gpumarket.ledger.log.Hashes.sha256(payout.getPayload().toByteArray())))
            .setReceived(answer == Answer.RECEIVED)
            .build();
    return LedgerEntry.newBuilder()
        .setPayoutConfirmed(
            PayoutConfirmed.newBuilder()
                .setPayout(payout)
                .setConfirmation(EnvelopeKind.PAYOUT_CONFIRMATION.sign(provider, confirmation)))
        .build();
  }

  enum Answer {
    RECEIVED,
    NOTHING_CAME
  }

  static Money usd(long micros) {
    return Money.newBuilder().setCurrencyCode("USD").setAmountMicros(micros).build();
  }
}
