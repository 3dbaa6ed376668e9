package org.gpumarket.node.lease;

import org.gpumarket.ledger.books.Owed;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Usage;

/** Leases as others and the owner see them. Pure. */
final class LeaseViews {
  private LeaseViews() {}

  static LeaseStatus status(LeaseRow row, LeaseTerms terms) {
    LeaseStatus.Builder status =
        LeaseStatus.newBuilder()
            .setLeaseId(row.getLeaseId())
            .setState(row.getState())
            .setCloseReason(row.getCloseReason())
            .setDetail(row.getDetail())
            .setDurationMs(LeaseRows.durationMillis(row, terms))
            .setRunMs(LeaseRows.usage(row).getGpuMillis() / terms.gpus().size());
    if (row.hasExitCode()) {
      status.setExitCode(row.getExitCode());
    }
    if (row.hasUsage()) {
      status.setUsage(row.getUsage());
    }
    if (row.hasVoucher()) {
      status.setVoucher(row.getVoucher());
    }
    return status.build();
  }

  /** As {@link #view(LeaseRow)}; while it runs, with what was used up to now beyond the report. */
  static LeaseView view(LeaseRow row, long gpuMillisNow) {
    LeaseView reported = view(row);
    if (row.getState() != LeaseState.LEASE_STATE_RUNNING
        || gpuMillisNow <= reported.getGpuMillis()) {
      return reported;
    }
    Price price = reported.getPrice();
    return reported.toBuilder()
        .setEstimatedGpuMillis(gpuMillisNow)
        .setEstimatedOwed(
            Money.newBuilder()
                .setCurrencyCode(price.getCurrencyCode())
                .setAmountMicros(Owed.micros(gpuMillisNow, price.getMicrosPerGpuHour())))
        .build();
  }

  static LeaseView view(LeaseRow row) {
    LeaseTerms terms = LeaseTerms.stored(row.getQuote());
    Lease lease = LeaseRows.lease(row);
    Usage usage = LeaseRows.usage(row);
    boolean provider = row.getRole() == LeaseRole.LEASE_ROLE_PROVIDER;
    LeaseView.Builder view =
        LeaseView.newBuilder()
            .setLeaseId(row.getLeaseId())
            .setRole(row.getRole())
            .setCounterparty((provider ? terms.consumer() : terms.provider()).text())
            .setCounterpartyAddress(row.getProviderAddress())
            .setName(lease.getWorkload().getName())
            .setStatus(status(row, terms))
            .setGpu(terms.quote().getGpu())
            .setGpuCount(terms.gpus().size())
            .setPrice(terms.price())
            .setSimulated(terms.simulated())
            .setRegion(row.getRegion())
            .setAgreeTimeUnixMs(lease.getAgreeTimeUnixMs())
            .setGpuMillis(usage.getGpuMillis())
            .setDeployment(row.getDeployment())
            .setRuntime(lease.getWorkload().getRuntime());
    view.getOwedBuilder().setCurrencyCode(terms.price().getCurrencyCode());
    view.getOwedBuilder().setAmountMicros(usage.getOwed().getAmountMicros());
    view.getVoucheredBuilder().setCurrencyCode(terms.price().getCurrencyCode());
    view.getVoucheredBuilder()
        .setAmountMicros(LeaseRows.voucher(row).getAmount().getAmountMicros());
    return view.build();
  }
}
