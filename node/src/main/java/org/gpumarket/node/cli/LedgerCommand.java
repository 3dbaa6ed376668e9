package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.LedgerReader;
import org.gpumarket.ledger.ReadableLedger;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.node.daemon.LedgerCheck;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.Transfer;
import org.gpumarket.v1.VerifyLedgerReport;
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
final class LedgerCommand {
  @Command(
      name = "verify",
      description =
          "Compute everything anew from the entries: tree, checkpoint, books, and the signatures"
              + " that were not verified before.",
      footer = {"", "Examples:", "  gpumarket ledger verify", "  gpumarket ledger verify --full"})
  static final class Verify extends PrintingCommand {
    @Option(names = "--full", description = "check every signature, whatever was verified before")
    private boolean full;

    @Override
    public Integer call() throws LedgerException {
      VerifyLedgerReport report = report(full ? VerifyScope.FULL : VerifyScope.SINCE_LAST);
      if (json()) {
        System.out.println(Json.of(report));
      } else if (report.getProblem().isEmpty()) {
        System.out.println(
            "The ledger holds: "
                + report.getEntryCount()
                + " entries, their signatures, transfers and tree, the checkpoint, and "
                + report.getBalancesCount()
                + " accounts that balance."
                + (report.getVerifiedBeforeCount() == 0
                    ? ""
                    : " The signatures of the first "
                        + report.getVerifiedBeforeCount()
                        + " were verified before; --full checks them again."));
      } else {
        System.out.println(
            "The ledger does NOT hold"
                + (report.getProblemIndex() >= 0 ? " at entry " + report.getProblemIndex() : "")
                + ": "
                + report.getProblem());
      }
      return report.getProblem().isEmpty() ? 0 : 1;
    }

    private VerifyLedgerReport report(VerifyScope scope) throws LedgerException {
      try (ProgressBar bar = ProgressBar.onTerminal()) {
        LedgerCheck.Listener listener =
            progress ->
                bar.show(progress.getVerifiedCount(), progress.getEntryCount(), "entries verified");
        try (LocalApi api = LocalApi.connect(home().dataFolder())) {
          return LedgerCheck.ask(api, scope, listener);
        } catch (NodeNotRunningException _) {
          try (LedgerReader reader = LedgerReader.openReadOnly(home().ledgerFolder())) {
            VerifyLedgerReport report = LedgerCheck.run(reader::verify, scope, listener);
            sayFromFiles();
            return report;
          }
        }
      }
    }
  }

  @Command(
      name = "checkpoint",
      description = "Print the signed head of the log (C2SP checkpoint).",
      footer = {"", "Example:", "  gpumarket ledger checkpoint"})
  static final class Checkpoint extends PrintingCommand {
    @Override
    public Integer call() throws LedgerException {
      String checkpoint =
          askNodeOrLedger(
              node ->
                  node.listEntries(
                          ListEntriesRequest.newBuilder().setStartIndex(-1).setPageSize(1).build())
                      .getCheckpoint(),
              ReadableLedger::checkpoint);
      System.out.print(
          json() ? "{\n  \"checkpoint\": " + Json.string(checkpoint) + "\n}\n" : checkpoint);
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
        converter = FlagValues.RowCount.class,
        description = "the last so many, 1 to 1000 (100)")
    private int last = 100;

    @Override
    public Integer call() throws LedgerException {
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
      return askNodeOrLedger(
          node -> LocalApi.lastEntries(node, last),
          ledger -> {
            List<IndexedEntry> entries = new ArrayList<>();
            long size = ledger.size();
            ledger.forEachEntry(
                Math.max(0, size - last),
                size,
                (index, entry) ->
                    entries.add(IndexedEntry.newBuilder().setIndex(index).setEntry(entry).build()));
            return entries;
          });
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
}
