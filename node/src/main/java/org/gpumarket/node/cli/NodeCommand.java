package org.gpumarket.node.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.LedgerReader;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceBlockingStub;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands about one node share: which node, and how to reach it. */
@Command(mixinStandardHelpOptions = true)
abstract class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      converter = FlagValues.Folder.class,
      description = "keep everything of the node in this folder (GPUMARKET_HOME; XDG folders else)")
  private @Nullable Path homeFolder;

  Home home() {
    return Home.find(Optional.ofNullable(homeFolder), System.getenv());
  }

  Settings settings(Map<Setting, String> flags) throws SettingsException {
    return Settings.load(home(), flags, System.getenv());
  }

  /** A question to the ledger's files. */
  interface LedgerQuestion<T> {
    T ask(LedgerReader ledger) throws LedgerException;
  }

  /** Asks the node that runs, or the files of its ledger where none does, and says so. */
  <T> T askNodeOrLedger(Function<LocalServiceBlockingStub, T> node, LedgerQuestion<T> files)
      throws LedgerException {
    try (LocalApi api = LocalApi.connect(home().dataFolder())) {
      return node.apply(api.stub());
    } catch (NodeNotRunningException _) {
      try (LedgerReader ledger = LedgerReader.openReadOnly(home().ledgerFolder())) {
        T answer = files.ask(ledger);
        sayFromFiles();
        return answer;
      }
    }
  }

  static void sayFromFiles() {
    System.err.println("No node runs here: this is what the files of its ledger say.");
  }

  /** Connects to the node that runs, and says how to start one when none does. */
  LocalApi connect() throws Failure {
    try {
      return LocalApi.connect(home().dataFolder());
    } catch (NodeNotRunningException e) {
      throw new Failure(e.getMessage() + "; start one with: gpumarket up");
    }
  }
}
