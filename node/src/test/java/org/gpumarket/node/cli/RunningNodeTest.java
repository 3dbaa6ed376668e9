package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.gpumarket.node.daemon.Daemon;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that ask a node, one that sells a simulated card for euros. */
class RunningNodeTest {
  private static final long START_SECONDS = 30;

  @TempDir static Path folder;
  private static CompletableFuture<Integer> node = new CompletableFuture<>();

  @BeforeAll
  static void start() throws Exception {
    Home home = Home.find(Optional.of(folder), Map.of());
    Files.writeString(
        home.configFile(),
        """
        listen: 127.0.0.1:0
        region: eu-de
        currency: EUR
        simulate-gpus: rtx4090
        prices: {rtx4090: 0.30}
        allow-process-runtime: true
        """);
    Settings settings = Settings.load(home, Map.of(), Map.of());
    node =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Daemon.run(settings, Optional.empty());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            },
            task -> Thread.ofPlatform().start(task));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!LocalApi.isRunning(folder) || !run("offers", "--simulated").out().contains("rtx")) {
      assertThat(System.nanoTime()).as("the node answers in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void end() throws Exception {
    assertThat(run("down").status()).isZero();
    assertThat(node.get(START_SECONDS, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aHighestPriceIsInTheCurrencyOfTheSettingsWhereItNamesNone() {
    assertThat(run("offers", "--simulated", "--max-price", "0.30").out()).contains("0.30 EUR");
    assertThat(run("offers", "--simulated", "--max-price", "0.30 EUR").out()).contains("0.30 EUR");
    assertThat(run("offers", "--simulated", "--max-price", "0.29").out())
        .contains("1 dearer than 0.29 EUR");
    assertThat(run("offers", "--simulated", "--max-price", "0.30 USD").out())
        .contains("1 in another currency than USD");
  }

  @Test
  void whereNothingFitsNoEmptyTableIsShown() {
    assertThat(run("offers", "--simulated", "--max-price", "0.29").out())
        .startsWith("1 offer: 1 dearer")
        .doesNotContain("PROVIDER");
  }

  @Test
  void aNodeThatRunsMeetsThePeersNamedForADeployment() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("work.yaml"),
            """
            name: work
            workloads:
              main: {runtime: process, command: [sh, -c, exit], models: [h100]}
            """);

    CommandRun deployed =
        run("deploy", file.toString(), "--bootstrap", "127.0.0.1:1", "--wait", "0s");

    assertThat(deployed.status()).isEqualTo(1);
    assertThat(deployed.err()).contains("it meets 127.0.0.1:1 too, until it ends");
    assertThat(run("peers").out()).contains("127.0.0.1:1").doesNotContain("\tat ");
    assertThat(run("deploy", file.toString(), "--bootstrap", "127.0.0.1:0").err())
        .contains("a port from 1 to 65535");
  }

  @Test
  void aWantedModelThatNoListKnowsIsNotedWithTheNearest() {
    CommandRun offers = run("offers", "--simulated", "--model", "rtx409,rtx4090");

    assertThat(offers.status()).isZero();
    assertThat(offers.err().strip())
        .isEqualTo("Note: the list of GPU models has no 'rtx409'; the nearest is 'rtx4090'.");
  }

  @Test
  void aSecondNodeInTheBackgroundIsRefusedForItsSettingsWouldChangeNothing() {
    CommandRun second = run("up", "--background", "--region", "na-us");

    assertThat(second.status()).isEqualTo(1);
    assertThat(second.err()).contains("a node runs in").contains("gpumarket down");
  }

  @Test
  void earningsWithoutAVoucherSayWhatTheyWaitFor() {
    assertThat(run("earnings").out()).contains("Nothing was vouchered yet");
    assertThat(run("earnings", "--last", "7d").out()).contains("vouchered in this time");
  }

  @Test
  void offersAsJsonSayWhoseTheyAre() {
    var offers = JsonParser.parseString(run("offers", "--simulated", "-o", "json").out());
    var status = JsonParser.parseString(run("status", "-o", "json").out()).getAsJsonObject();

    var offer = offers.getAsJsonArray().get(0).getAsJsonObject();
    assertThat(offer.get("provider").getAsString()).isEqualTo(status.get("nodeId").getAsString());
    assertThat(offer.get("gpuAvailable").getAsInt()).isEqualTo(1);
  }

  private static CommandRun run(String... arguments) {
    return CommandRun.of(folder, arguments);
  }
}
