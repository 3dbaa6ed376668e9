package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.LedgerReader;
import org.gpumarket.ledger.VerifyReport;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Transfer;
import org.gpumarket.v1.VerifyLedgerRequest;
import org.gpumarket.v1.VerifyLedgerResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ledger",
    description =
        "Look into this node's ledger and check it. Works with and without a running node.",
    mixinStandardHelpOptions = true,
    subcommands = {
      LedgerCommand.Verify.class,
      LedgerCommand.ShowEntries.class,
      LedgerCommand.Checkpoint.class
    },
    footer = {"", "Examples:", "  gpumarket ledger verify", "  gpumarket ledger show --last 20"})
final class LedgerCommand implements Runnable {
  @picocli.CommandLine.Spec picocli.CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  @Command(
      name = "verify",
      description =
          "Compute everything anew from the entries: signatures, tree, checkpoint, books.",
      footer = {"", "Example:", "  gpumarket ledger verify"})
  static final class Verify extends PrintingCommand {
    @Override
    public Integer call() throws LedgerException {
      VerifyLedgerResponse report = report(this);
      if (json()) {
        System.out.println(Json.of(report));
      } else if (report.getProblem().isEmpty()) {
        System.out.println(
            "The ledger holds: "
                + report.getEntryCount()
                + " entries, their signatures, transfers and tree, the checkpoint, and "
                + report.getBalancesCount()
                + " accounts that balance.");
      } else {
        System.out.println(
            "The ledger does NOT hold"
                + (report.getProblemIndex() >= 0 ? " at entry " + report.getProblemIndex() : "")
                + ": "
                + report.getProblem());
      }
      return report.getProblem().isEmpty() ? 0 : 1;
    }
  }

  @Command(
      name = "checkpoint",
      description = "Print the signed head of the log (C2SP checkpoint).",
      footer = {"", "Example:", "  gpumarket ledger checkpoint"})
  static final class Checkpoint extends NodeCommand {
    @Override
    public Integer call() throws LedgerException {
      System.out.print(report(this).getCheckpoint());
      return 0;
    }
  }

  @Command(
      name = "show",
      description = "List entries with the money they moved.",
      footer = {"", "Example:", "  gpumarket ledger show --last 20 -o json"})
  static final class ShowEntries extends PrintingCommand {
    @Option(
        names = "--last",
        paramLabel = "N",
        defaultValue = "100",
        description = "the last so many (100)")
    private int last = 100;

    @Override
    public Integer call() throws LedgerException, Failure {
      if (last < 1 || last > 1_000) {
        throw new Failure("--last is from 1 to 1000");
      }
      List<IndexedEntry> entries = entries();
      if (json()) {
        System.out.println(Json.array(entries));
        return 0;
      }
      Table table = new Table(">ENTRY", "TIME", "WHAT", "DEBIT", "CREDIT", ">AMOUNT");
      entries.forEach(entry -> add(table, entry.getIndex(), entry.getEntry()));
      table.print(System.out);
      return 0;
    }

    private List<IndexedEntry> entries() throws LedgerException {
      try (LocalApi api = LocalApi.connect(home().dataFolder())) {
        return api.lastEntries(last);
      } catch (NodeNotRunningException _) {
        List<IndexedEntry> entries = new ArrayList<>();
        try (LedgerReader reader = LedgerReader.openReadOnly(home().ledgerFolder())) {
          long size = reader.size();
          reader.forEachEntry(
              Math.max(0, size - last),
              size,
              (index, entry) ->
                  entries.add(IndexedEntry.newBuilder().setIndex(index).setEntry(entry).build()));
        }
        return entries;
      }
    }

    private static void add(Table table, long index, LedgerEntry entry) {
      String what =
          entry.getEventCase().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      if (entry.getTransfersCount() == 0) {
        table.row(index, Show.time(entry.getAppendTimeUnixMs()), what, "", "", "");
      }
      for (Transfer transfer : entry.getTransfersList()) {
        table.row(
            index,
            Show.time(entry.getAppendTimeUnixMs()),
            what,
            account(transfer.getDebit()),
            account(transfer.getCredit()),
            Show.micros(transfer.getAmountMicros()) + " " + transfer.getDebit().getCurrencyCode());
      }
    }

    private static String account(org.gpumarket.v1.Account account) {
      return account
              .getKind()
              .name()
              .substring("ACCOUNT_KIND_".length())
              .toLowerCase(java.util.Locale.ROOT)
              .replace('_', ' ')
          + (account.getCounterparty().isEmpty() ? "" : " " + Show.id(account.getCounterparty()))
          + (account.getLeaseId().isEmpty() ? "" : " " + Show.id(account.getLeaseId()));
    }
  }

  private static VerifyLedgerResponse report(NodeCommand command) throws LedgerException {
    try (LocalApi api = LocalApi.connect(command.home().dataFolder())) {
      return api.stub().verifyLedger(VerifyLedgerRequest.getDefaultInstance());
    } catch (NodeNotRunningException _) {
      try (LedgerReader reader = LedgerReader.openReadOnly(command.home().ledgerFolder())) {
        VerifyReport report = reader.verify();
        return VerifyLedgerResponse.newBuilder()
            .setEntryCount(report.entries())
            .setCheckpoint(report.checkpoint())
            .setProblem(report.problem().map(p -> p.sentence()).orElse(""))
            .setProblemIndex(report.problem().map(p -> p.index()).orElse(-1L))
            .addAllBalances(report.balances())
            .build();
      }
    }
  }
}
