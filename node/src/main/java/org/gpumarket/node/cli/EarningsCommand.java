package org.gpumarket.node.cli;

import java.time.Duration;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.settlement.Balances;
import org.gpumarket.node.settlement.Earnings;
import org.gpumarket.v1.Balance;
import org.gpumarket.v1.GetEarningsRequest;
import org.gpumarket.v1.GetEarningsResponse;
import org.gpumarket.v1.LeaseEarning;
import org.gpumarket.v1.LeaseRole;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "earnings",
    description =
        "Show what each lease brought or cost, from the ledger's entries. Works with and without a"
            + " running node.",
    footer = {"", "Examples:", "  gpumarket earnings", "  gpumarket earnings --last 7d -o json"})
final class EarningsCommand extends PrintingCommand {
  @Option(
      names = "--last",
      paramLabel = "TIME",
      converter = FlagValues.Past.class,
      description = "only what was vouchered since, such as 7d")
  private @Nullable Duration last;

  @Override
  public Integer call() throws LedgerException {
    GetEarningsRequest.Builder request = GetEarningsRequest.newBuilder();
    if (last != null) {
      request.setStartTimeUnixMs(System.currentTimeMillis() - last.toMillis());
    }
    GetEarningsResponse earnings =
        askNodeOrLedger(
            node -> node.getEarnings(request.build()),
            ledger ->
                GetEarningsResponse.newBuilder()
                    .addAllLeases(new Earnings(ledger).between(request.getStartTimeUnixMs(), 0))
                    .addAllBalances(new Balances(ledger).all())
                    .build());
    if (json()) {
      System.out.println(Json.of(earnings));
      return 0;
    }
    Table table =
        new Table("LEASE", "SIDE", "WITH", "GPUS", ">GPU-SECONDS", ">PRICE/GPU-HOUR", ">AMOUNT");
    for (LeaseEarning lease : earnings.getLeasesList()) {
      table.row(
          Show.id(lease.getLeaseId()),
          lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER ? "sold" : "bought",
          Show.id(lease.getCounterparty()),
          lease.getGpuCount()
              + "x"
              + lease.getGpuModel()
              + (lease.getSimulated() ? " (simulated)" : ""),
          java.math.BigDecimal.valueOf(lease.getGpuMillis(), 3).toPlainString(),
          Show.price(lease.getPrice()),
          Show.money(lease.getAmount()));
    }
    table.print(System.out);
    if (earnings.getLeasesCount() == 0) {
      System.out.println(
          "Nothing was vouchered"
              + (last == null ? " yet" : " in this time")
              + "; a lease that runs stands here from its next voucher on.");
    }
    for (Balance balance : earnings.getBalancesList()) {
      System.out.println(PayoutsCommand.sentence(balance));
    }
    return 0;
  }
}
