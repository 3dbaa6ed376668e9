package org.gpumarket.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.gpumarket.ledger.Commit;
import org.gpumarket.ledger.Committed;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.books.Owed;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.UsageMeasured;
import org.gpumarket.v1.Voucher;
import org.gpumarket.v1.VoucherRecorded;

/** A provider's ledger of leases with ten intervals each, in a folder that goes when it closes. */
final class SampleLedger implements AutoCloseable {
  private static final int INTERVALS = 10;
  private static final int ENTRIES_PER_LEASE = 1 + 2 * INTERVALS;
  private static final long INTERVAL_MILLIS = 60_000;
  private static final long PRICE = 360_000;

  final Ledger ledger;

  /** The strict check of each signature in it, and nothing else. */
  final List<BooleanSupplier> signatures = new ArrayList<>();

  private final SigningKey provider = key(1);
  private final SigningKey consumer = key(2);
  private final Path folder;

  /** A ledger of about so many entries. */
  SampleLedger(int entries) throws Exception {
    folder = Files.createTempDirectory("gpumarket-bench");
    ledger = Ledger.open(folder, provider, InstantSource.system());
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int lease = 0; lease < entries / ENTRIES_PER_LEASE; lease++) {
      commits.add(ledger.commit(new Commit(lease("lease-" + lease), List.of())));
    }
    for (CompletableFuture<Committed> commit : commits) {
      commit.get();
    }
  }

  /** The entries as they are hashed. */
  List<byte[]> entries() throws Exception {
    List<byte[]> entries = new ArrayList<>();
    ledger.forEachEntry(0, ledger.size(), (_, entry) -> entries.add(entry.toByteArray()));
    return entries;
  }

  @Override
  public void close() throws IOException {
    ledger.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private List<LedgerEntry> lease(String leaseId) {
    List<LedgerEntry> entries = new ArrayList<>();
    entries.add(agreed(leaseId));
    for (int interval = 1; interval <= INTERVALS; interval++) {
      entries.add(measured(leaseId, interval));
      entries.add(vouchered(leaseId, interval));
    }
    return entries;
  }

  private LedgerEntry agreed(String leaseId) {
    SignedEnvelope quote =
        EnvelopeKind.QUOTE.sign(
            provider,
            Quote.newBuilder()
                .setLeaseId(leaseId)
                .setProvider(provider.nodeId().text())
                .setConsumer(consumer.nodeId().text())
                .setPrice(Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(PRICE))
                .setDurationMs(INTERVALS * INTERVAL_MILLIS)
                .build());
    SignedEnvelope lease =
        EnvelopeKind.LEASE.sign(consumer, Lease.newBuilder().setQuote(quote).build());
    SignedEnvelope countersigned = EnvelopeKind.LEASE.countersign(provider, lease);
    remember(provider, quote);
    remember(consumer, lease);
    remember(provider, countersigned);
    return LedgerEntry.newBuilder()
        .setLeaseAgreed(
            LeaseAgreed.newBuilder()
                .setOwnerRole(LeaseRole.LEASE_ROLE_PROVIDER)
                .setConsumerLease(lease)
                .setProviderSignature(countersigned.getSignature()))
        .build();
  }

  private LedgerEntry measured(String leaseId, int interval) {
    long used = interval * INTERVAL_MILLIS;
    SignedEnvelope usage =
        EnvelopeKind.USAGE.sign(
            provider,
            Usage.newBuilder()
                .setLeaseId(leaseId)
                .setSequence(interval)
                .setGpuMillis(used)
                .setOwed(usd(Owed.micros(used, PRICE)))
                .build());
    remember(provider, usage);
    return LedgerEntry.newBuilder()
        .setUsageMeasured(UsageMeasured.newBuilder().setUsage(usage))
        .build();
  }

  private LedgerEntry vouchered(String leaseId, int interval) {
    long used = interval * INTERVAL_MILLIS;
    SignedEnvelope voucher =
        EnvelopeKind.VOUCHER.sign(
            consumer,
            Voucher.newBuilder()
                .setLeaseId(leaseId)
                .setGpuMillis(used)
                .setAmount(usd(Owed.micros(used, PRICE)))
                .build());
    remember(consumer, voucher);
    return LedgerEntry.newBuilder()
        .setVoucherRecorded(
            VoucherRecorded.newBuilder()
                .setOwnerRole(LeaseRole.LEASE_ROLE_PROVIDER)
                .setVoucher(voucher))
        .build();
  }

  private void remember(SigningKey signer, SignedEnvelope envelope) {
    byte[] domain =
        ("gpumarket/v1/" + envelope.getKind() + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Arrays.copyOf(domain, domain.length + envelope.getPayload().size());
    envelope.getPayload().copyTo(bytes, domain.length);
    byte[] signature = envelope.getSignature().toByteArray();
    signatures.add(() -> signer.publicKey().verifies(bytes, signature));
  }

  private static Money usd(long micros) {
    return Money.newBuilder().setCurrencyCode("USD").setAmountMicros(micros).build();
  }

  private static SigningKey key(int number) {
    byte[] seed = new byte[SigningKey.SEED_BYTES];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(seed);
  }
}
