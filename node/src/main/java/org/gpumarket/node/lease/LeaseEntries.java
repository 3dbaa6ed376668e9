package org.gpumarket.node.lease;

import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LeaseChanged;
import org.gpumarket.v1.LeaseExtended;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.UsageMeasured;
import org.gpumarket.v1.VoucherRecorded;

/** What happens to a lease, as the ledger writes it. */
final class LeaseEntries {
  private LeaseEntries() {}

  static LedgerEntry agreed(LeaseRole role, SignedEnvelope consumer, SignedEnvelope provider) {
    return LedgerEntry.newBuilder()
        .setLeaseAgreed(
            LeaseAgreed.newBuilder()
                .setOwnerRole(role)
                .setConsumerLease(consumer)
                .setProviderSignature(provider.getSignature()))
        .build();
  }

  static LedgerEntry changed(LeaseRow row) {
    return LedgerEntry.newBuilder()
        .setLeaseChanged(
            LeaseChanged.newBuilder()
                .setLeaseId(row.getLeaseId())
                .setState(row.getState())
                .setCloseReason(row.getCloseReason()))
        .build();
  }

  static LedgerEntry extended(SignedEnvelope consumer, SignedEnvelope provider) {
    return LedgerEntry.newBuilder()
        .setLeaseExtended(
            LeaseExtended.newBuilder()
                .setConsumerExtension(consumer)
                .setProviderSignature(provider.getSignature()))
        .build();
  }

  static LedgerEntry measured(SignedEnvelope usage) {
    return LedgerEntry.newBuilder()
        .setUsageMeasured(UsageMeasured.newBuilder().setUsage(usage))
        .build();
  }

  static LedgerEntry vouchered(LeaseRole role, SignedEnvelope voucher) {
    return LedgerEntry.newBuilder()
        .setVoucherRecorded(VoucherRecorded.newBuilder().setOwnerRole(role).setVoucher(voucher))
        .build();
  }
}
