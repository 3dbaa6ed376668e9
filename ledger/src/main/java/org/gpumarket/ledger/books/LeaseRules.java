package org.gpumarket.ledger.books;

import java.util.List;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.v1.BookedLease;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LeaseChanged;
import org.gpumarket.v1.LeaseExtended;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Transfer;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.UsageMeasured;
import org.gpumarket.v1.Voucher;
import org.gpumarket.v1.VoucherRecorded;

/** The rules for leases, usage and vouchers. */
final class LeaseRules {
  private final NodeId owner;
  private final EnvelopeReader reader;

  LeaseRules(NodeId owner, EnvelopeReader reader) {
    this.owner = owner;
    this.reader = reader;
  }

  List<Transfer> agreed(LeaseAgreed event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Signed<Lease> lease = reader.read(EnvelopeKind.LEASE, event.getConsumerLease());
    Signed<Quote> quote = reader.read(EnvelopeKind.QUOTE, lease.message().getQuote());
    Quote terms = quote.message();
    require(books.lease(terms.getLeaseId()).isEmpty(), "this lease stands in the ledger already");
    require(lease.signer().text().equals(terms.getConsumer()), "not the consumer signed the lease");
    require(quote.signer().text().equals(terms.getProvider()), "not the provider signed the quote");
    reader.read(
        EnvelopeKind.LEASE,
        event.getConsumerLease().toBuilder()
            .setSigner(lease.message().getQuote().getSigner())
            .setSignature(event.getProviderSignature())
            .build());
    String own =
        event.getOwnerRole() == LeaseRole.LEASE_ROLE_PROVIDER
            ? terms.getProvider()
            : terms.getConsumer();
    require(own.equals(owner.text()), "the ledger's owner has another role in this lease");
    require(!terms.getProvider().equals(terms.getConsumer()), "a lease with oneself");
    require(!terms.getPrice().getCurrencyCode().isEmpty(), "a price without a currency");
    books.put(
        terms.getLeaseId(),
        BookedLease.newBuilder()
            .setOwnerRole(event.getOwnerRole())
            .setProvider(terms.getProvider())
            .setConsumer(terms.getConsumer())
            .setPrice(terms.getPrice())
            .setGpuCount(terms.getGpusCount())
            .setGpuModel(terms.getGpu().getModel())
            .setSimulated(terms.getSimulated())
            .setState(LeaseState.LEASE_STATE_AGREED)
            .setDurationMs(terms.getDurationMs())
            .build());
    return List.of();
  }

  List<Transfer> changed(LeaseChanged event, Books books) throws RefusedEntryException {
    BookedLease lease = lease(event.getLeaseId(), books);
    LeaseState to = event.getState();
    require(
        mayFollow(lease.getState(), to),
        "a lease does not go from " + lease.getState() + " to " + to);
    books.put(event.getLeaseId(), lease.toBuilder().setState(to).build());
    return List.of();
  }

  List<Transfer> extended(LeaseExtended event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    SignedEnvelope envelope = event.getConsumerExtension();
    Signed<LeaseExtension> extension = reader.read(EnvelopeKind.LEASE_EXTENSION, envelope);
    BookedLease lease = lease(extension.message().getLeaseId(), books);
    require(
        extension.signer().text().equals(lease.getConsumer()),
        "not the consumer signed the extension");
    reader.read(
        EnvelopeKind.LEASE_EXTENSION,
        envelope.toBuilder()
            .setSigner(
                com.google.protobuf.ByteString.copyFrom(
                    NodeId.parse(lease.getProvider()).publicKey().bytes()))
            .setSignature(event.getProviderSignature())
            .build());
    require(
        extension.message().getDurationMs() > lease.getDurationMs(),
        "an extension makes a lease longer");
    books.put(
        extension.message().getLeaseId(),
        lease.toBuilder().setDurationMs(extension.message().getDurationMs()).build());
    return List.of();
  }

  List<Transfer> measured(UsageMeasured event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Signed<Usage> signed = reader.read(EnvelopeKind.USAGE, event.getUsage());
    Usage usage = signed.message();
    BookedLease lease = lease(usage.getLeaseId(), books);
    require(
        signed.signer().text().equals(lease.getProvider()), "not the provider signed the usage");
    require(usage.getSequence() > lease.getUsageSequence(), "a usage report that is not the next");
    require(usage.getGpuMillis() >= lease.getUsageGpuMillis(), "usage that goes down");
    requireOwed(lease, usage.getGpuMillis(), usage.getOwed());
    books.put(
        usage.getLeaseId(),
        lease.toBuilder()
            .setUsageSequence(usage.getSequence())
            .setUsageGpuMillis(usage.getGpuMillis())
            .build());
    return List.of();
  }

  List<Transfer> vouchered(VoucherRecorded event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Signed<Voucher> signed = reader.read(EnvelopeKind.VOUCHER, event.getVoucher());
    Voucher voucher = signed.message();
    BookedLease lease = lease(voucher.getLeaseId(), books);
    require(event.getOwnerRole() == lease.getOwnerRole(), "a voucher in the other side's role");
    require(
        signed.signer().text().equals(lease.getConsumer()), "not the consumer signed the voucher");
    require(
        voucher.getGpuMillis() > lease.getVoucheredGpuMillis(),
        "a voucher that covers no more than the one before");
    boolean provider = lease.getOwnerRole() == LeaseRole.LEASE_ROLE_PROVIDER;
    require(
        !provider || voucher.getGpuMillis() <= lease.getUsageGpuMillis(),
        "a voucher for usage that was not measured");
    requireOwed(lease, voucher.getGpuMillis(), voucher.getAmount());
    long total = voucher.getAmount().getAmountMicros();
    long added = Math.subtractExact(total, lease.getVoucheredMicros());
    books.put(
        voucher.getLeaseId(),
        lease.toBuilder()
            .setVoucheredGpuMillis(voucher.getGpuMillis())
            .setVoucheredMicros(total)
            .build());
    return added == 0 ? List.of() : List.of(transfer(voucher.getLeaseId(), lease, added));
  }

  private static Transfer transfer(String leaseId, BookedLease lease, long micros) {
    String currency = lease.getPrice().getCurrencyCode();
    NodeId consumer = NodeId.parse(lease.getConsumer());
    NodeId provider = NodeId.parse(lease.getProvider());
    Transfer.Builder transfer = Transfer.newBuilder().setAmountMicros(micros);
    return lease.getOwnerRole() == LeaseRole.LEASE_ROLE_PROVIDER
        ? transfer
            .setDebit(Accounts.receivable(consumer, currency))
            .setCredit(Accounts.revenue(consumer, leaseId, currency))
            .build()
        : transfer
            .setDebit(Accounts.expense(provider, leaseId, currency))
            .setCredit(Accounts.payable(provider, currency))
            .build();
  }

  private static void requireOwed(BookedLease lease, long gpuMillis, Money amount)
      throws RefusedEntryException {
    require(
        amount.getCurrencyCode().equals(lease.getPrice().getCurrencyCode()),
        "an amount in another currency than the lease's");
    long owed = Owed.micros(gpuMillis, lease.getPrice().getMicrosPerGpuHour());
    require(
        amount.getAmountMicros() == owed,
        "an amount of " + amount.getAmountMicros() + " micros where " + owed + " are owed");
  }

  /** States only move on, but for a pause and its end. */
  private static boolean mayFollow(LeaseState from, LeaseState to) {
    return switch (to) {
      case LEASE_STATE_STARTING -> from == LeaseState.LEASE_STATE_AGREED;
      case LEASE_STATE_RUNNING ->
          from == LeaseState.LEASE_STATE_AGREED
              || from == LeaseState.LEASE_STATE_STARTING
              || from == LeaseState.LEASE_STATE_SUSPENDED;
      case LEASE_STATE_SUSPENDED -> from == LeaseState.LEASE_STATE_RUNNING;
      case LEASE_STATE_CLOSING ->
          from != LeaseState.LEASE_STATE_CLOSING && from != LeaseState.LEASE_STATE_CLOSED;
      case LEASE_STATE_CLOSED -> from != LeaseState.LEASE_STATE_CLOSED;
      case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, LEASE_STATE_AGREED, UNRECOGNIZED -> false;
    };
  }

  private static BookedLease lease(String leaseId, Books books) throws RefusedEntryException {
    return books
        .lease(leaseId)
        .orElseThrow(() -> new RefusedEntryException("no such lease stands in the ledger"));
  }

  private static void require(boolean holds, String otherwise) throws RefusedEntryException {
    if (!holds) {
      throw new RefusedEntryException(otherwise);
    }
  }
}
