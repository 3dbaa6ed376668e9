package org.gpumarket.node.daemon;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.rig.RigException;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.node.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node in this process, from its first line to its last. */
public final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private Daemon() {}

  /**
   * Runs until the process is told to end, the owner stops the node, or it has been idle for long
   * enough.
   *
   * @param passphrase opens the node's key where it is sealed
   * @return 0
   * @throws IOException with one sentence when the node cannot be started
   */
  public static int run(Settings settings, Optional<char[]> passphrase)
      throws IOException, SettingsException, InterruptedException {
    LogSetup.apply(
        settings.text(Setting.LOG_LEVEL),
        LogSetup.Format.valueOf(settings.text(Setting.LOG_FORMAT).toUpperCase(Locale.ROOT)));
    refuseSecond(settings.home());
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread onSignal = Thread.ofPlatform().unstarted(() -> endAndWait(told, ended));
    try (Node node = start(settings, passphrase);
        LocalApiServer _ =
            LocalApiServer.start(
                settings.home().dataFolder(), new LocalGrpcService(node, told::countDown))) {
      Runtime.getRuntime().addShutdownHook(onSignal);
      IdleExit idle =
          new IdleExit(
              settings.duration(Setting.IDLE_EXIT),
              () -> node.provided().openCount() + node.taken().openCount(),
              System::nanoTime,
              told::countDown);
      node.ticker().every(java.time.Duration.ofMillis(500), idle::tick);
      LOG.atInfo()
          .addKeyValue("node", node.nodeId())
          .addKeyValue("listen", node.listenAddress())
          .addKeyValue("gpus", node.rig().gpus().size())
          .log("ready");
      told.await();
      LOG.info("ending: no new leases, open ones are closed and settled");
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static Node start(Settings settings, Optional<char[]> passphrase)
      throws IOException, SettingsException {
    try {
      return new Node(settings, passphrase);
    } catch (LedgerException | RigException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Throws where a node runs already: it would go on as it is, whatever a second one was told.
   *
   * @throws IOException with one sentence
   */
  public static void refuseSecond(Home home) throws IOException {
    if (LocalApi.isRunning(home.dataFolder())) {
      throw new IOException(
          "a node runs in " + home.dataFolder() + " already; stop it with: gpumarket down");
    }
  }

  /** The process ends when its hooks have, so this one waits for the node. */
  private static void endAndWait(CountDownLatch told, CountDownLatch ended) {
    told.countDown();
    try {
      ended.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
