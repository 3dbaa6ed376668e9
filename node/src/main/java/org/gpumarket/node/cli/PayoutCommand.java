package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.ConfirmPayoutRequest;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.PayoutView;
import org.gpumarket.v1.RecordPayoutRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "payout",
    description = "Record money that moved outside the program, and confirm what came.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PayoutCommand.RecordPayment.class,
      PayoutCommand.ConfirmPayment.class,
      PayoutCommand.RefusePayment.class
    },
    footer = {
      "",
      "Examples:",
      "  gpumarket payout record n3k4 --reference bank-4711",
      "  gpumarket payout confirm bank-4711"
    })
final class PayoutCommand {
  @Command(
      name = "record",
      description = "Say that you have paid a provider.",
      footer = {
        "",
        "Example:",
        "  gpumarket payout record n3k4 --amount 1.25 --reference bank-4711"
      })
  static final class RecordPayment extends PrintingCommand {
    @Parameters(
        paramLabel = "NODE",
        converter = FlagValues.Name.class,
        description = "who was paid: a node id or its beginning")
    private String payee = "";

    @Option(
        names = "--amount",
        paramLabel = "AMOUNT",
        converter = FlagValues.Amount.class,
        description = "how much, such as 1.25; all that is owed when left out")
    private long amountMicros;

    @Option(
        names = "--currency",
        paramLabel = "LETTERS",
        converter = FlagValues.Currency.class,
        description = "of the amount; the one that is owed in when left out")
    private String currency = "";

    @Option(
        names = "--reference",
        paramLabel = "TEXT",
        required = true,
        converter = FlagValues.Reference.class,
        description = "what names the payment outside, for example the bank's number")
    private String reference = "";

    @Override
    public Integer call() throws Failure {
      try (LocalApi api = connect()) {
        PayoutView payout =
            api.stub()
                .recordPayout(
                    RecordPayoutRequest.newBuilder()
                        .setPayee(payee)
                        .setReference(reference)
                        .setAmount(
                            Money.newBuilder()
                                .setCurrencyCode(currency)
                                .setAmountMicros(amountMicros))
                        .build())
                .getPayout();
        print(payout, json());
      }
      return 0;
    }
  }

  /** What confirming and refusing share. */
  abstract static class Decision extends PrintingCommand {
    @Parameters(
        paramLabel = "REFERENCE",
        converter = FlagValues.Reference.class,
        description = "the payment's reference")
    private String reference = "";

    @Option(
        names = "--payer",
        paramLabel = "NODE",
        converter = FlagValues.Name.class,
        description = "the payer's id or its beginning, when two have the same reference")
    private String payer = "";

    @Option(
        names = "--note",
        paramLabel = "TEXT",
        converter = FlagValues.Note.class,
        description = "for the other side, at most 256 characters")
    private String note = "";

    int decide(boolean received) throws Failure {
      try (LocalApi api = connect()) {
        print(
            api.stub()
                .confirmPayout(
                    ConfirmPayoutRequest.newBuilder()
                        .setReference(reference)
                        .setPayer(payer)
                        .setReceived(received)
                        .setNote(note)
                        .build())
                .getPayout(),
            json());
      }
      return 0;
    }
  }

  @Command(
      name = "confirm",
      description = "Say that a payment has come.",
      footer = {"", "Example:", "  gpumarket payout confirm bank-4711"})
  static final class ConfirmPayment extends Decision {
    @Override
    public Integer call() throws Failure {
      return decide(true);
    }
  }

  @Command(
      name = "refuse",
      description = "Say that a payment has not come.",
      footer = {
        "",
        "Example:",
        "  gpumarket payout refuse bank-4711 --note 'nothing on the account'"
      })
  static final class RefusePayment extends Decision {
    @Override
    public Integer call() throws Failure {
      return decide(false);
    }
  }

  private static void print(PayoutView payout, boolean json) {
    System.out.println(
        json
            ? Json.of(payout)
            : "Payment "
                + Terminal.plain(payout.getReference())
                + " of "
                + Show.money(payout.getAmount())
                + " from "
                + Show.id(payout.getPayer())
                + " to "
                + Show.id(payout.getPayee())
                + " is "
                + payout.getState());
  }
}
