package org.gpumarket.node.cli;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.daemon.Version;
import org.gpumarket.node.settings.NearestKey;
import org.gpumarket.node.settings.SettingsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. Exit status 0 is fine, 1 failed, 2 a mistake in the command. */
@Command(
    name = "gpumarket",
    version = "gpumarket " + Version.NUMBER,
    mixinStandardHelpOptions = true,
    description = "Sell the time of your GPUs, or buy somebody's, without a company in between.",
    footer = {
      "",
      "On a rig:     gpumarket init && gpumarket up",
      "On a laptop:  gpumarket deploy FILE",
      "To see it:    gpumarket demo"
    },
    subcommands = {
      DemoCommand.class,
      InitCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      GpusCommand.class,
      PeersCommand.class,
      OffersCommand.class,
      DeployCommand.class,
      PsCommand.class,
      LogsCommand.class,
      StopCommand.class,
      ExtendCommand.class,
      EarningsCommand.class,
      PayoutsCommand.class,
      PayoutCommand.class,
      LedgerCommand.class,
      ConfigCommand.class,
      CompletionCommand.class
    })
public final class Gpumarket implements Runnable {
  @CommandLine.Spec @org.jspecify.annotations.Nullable CommandSpec spec;

  public static void main(String[] args) {
    CheckedOutput out = CheckedOutput.install();
    int status = commandLine().execute(args);
    System.out.flush();
    Optional<String> lost = out.problem();
    lost.ifPresent(why -> System.err.println("gpumarket: standard output: " + why));
    System.exit(lost.isPresent() && status == 0 ? CommandLine.ExitCode.SOFTWARE : status);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Gpumarket());
    SettingFlags.addTo(line);
    CommandLine help = new CommandLine(new HelpCommand());
    help.getCommandSpec().usageMessage().footer("", "Example:", "  gpumarket help deploy");
    line.addSubcommand(help);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Gpumarket::mistake);
    line.setExecutionExceptionHandler(Gpumarket::failure);
    return line;
  }

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  private static int mistake(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String meant =
        e instanceof UnmatchedArgumentException unmatched
            ? meant(unmatched).map(name -> "; did you mean " + name + "?").orElse("")
            : "";
    err.println("gpumarket: " + Terminal.plain(e.getMessage() + meant));
    err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static Optional<String> meant(UnmatchedArgumentException unmatched) {
    String typed = unmatched.getUnmatched().getFirst().split("=", 2)[0];
    CommandSpec command = unmatched.getCommandLine().getCommandSpec();
    List<String> valid = new ArrayList<>(command.optionsMap().keySet());
    valid.addAll(command.subcommands().keySet());
    valid.removeIf(name -> name.startsWith("--") != typed.startsWith("--"));
    return NearestKey.meant(typed, valid);
  }

  private static int failure(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    // Standard error may be a file while standard output is a terminal, so no colour.
    err.println("gpumarket: " + Terminal.plain(sentence(e)));
    err.flush();
    return e instanceof SettingsException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** The JDK's own message is often the file's name alone. */
  private static String why(FileSystemException broken) {
    return switch (broken) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case FileAlreadyExistsException _ -> "there is a file of this name, and a folder is needed";
      case AccessDeniedException _ -> "this user may not use it";
      default -> broken.getReason() == null ? "cannot be used" : broken.getReason();
    };
  }

  private static String sentence(Exception e) {
    return switch (e) {
      case Failure failure -> String.valueOf(failure.getMessage());
      case SettingsException wrong -> String.valueOf(wrong.getMessage());
      case LedgerException wrong -> String.valueOf(wrong.getMessage());
      case StatusRuntimeException refused -> {
        String description = refused.getStatus().getDescription();
        yield description == null ? refused.getStatus().getCode().toString() : description;
      }
      case IllegalStateException broken when broken.getCause() instanceof LedgerException ledger ->
          String.valueOf(ledger.getMessage());
      case FileSystemException broken -> broken.getFile() + ": " + why(broken);
      case IOException broken -> String.valueOf(broken.getMessage());
      case InterruptedException _ -> "interrupted";
      default -> "something is wrong with the program itself: " + e;
    };
  }
}
