package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.signing.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir Path home;

  @Test
  void everyCommandHasAnExampleInItsHelp() {
    List<CommandLine> commands = new ArrayList<>(Gpumarket.commandLine().getSubcommands().values());
    for (CommandLine command : List.copyOf(commands)) {
      commands.addAll(command.getSubcommands().values());
    }
    assertThat(commands)
        .allSatisfy(
            command ->
                assertThat(command.getUsageMessage())
                    .as(command.getCommandName())
                    .contains("Example")
                    .contains("gpumarket"));
  }

  @Test
  void aMistakeIsStatusTwoAndAFailureStatusOneInASentenceEach() {
    CommandRun mistake = CommandRun.bare("deploy");
    CommandRun failure = CommandRun.bare("ps", "--home", home.toString());

    assertThat(mistake.status()).isEqualTo(2);
    assertThat(mistake.err()).contains("Missing required parameter").contains("--help");
    assertThat(failure.status()).isEqualTo(1);
    assertThat(failure.err())
        .contains("no node runs in")
        .contains("gpumarket up")
        .doesNotContain("\tat ");
  }

  @Test
  void aWrongValueOfAFlagIsAMistakeThatNamesFlagValueAndWhatWouldBeRight() {
    mistaken("offers --gpus -1", "'--gpus'", "1 to 1024", "'-1'");
    mistaken("offers --gpus many", "'--gpus'", "1 to 1024", "'many'");
    mistaken("offers --limit 0", "'--limit'", "1 to 1000", "'0'");
    mistaken("offers --max-price cheap", "'--max-price'", "such as 0.30", "'cheap'");
    mistaken("offers --max-price 1,5", "'--max-price'", "such as 0.30", "'1,5'");
    mistaken("offers --min-tier great", "'--min-tier'", "entry-1 to ultra-high-3", "'great'");
    mistaken("offers --min-vram 24", "'--min-vram'", "such as 24GiB", "'24'");
    mistaken("offers --min-vram 17TiB", "'--min-vram'", "at most 16TiB", "'17TiB'");
    mistaken("offers --region Europe", "'--region'", "such as eu", "'Europe'");
    mistaken("offers --model RTX4090", "'--model'", "such as rtx4090", "'RTX4090'");
    mistaken("offers -o xml", "'--output'", "table or json", "'xml'");
    mistaken("extend train soon", "(TIME)", "such as 90s or 2h", "'soon'");
    mistaken("extend train 0s", "(TIME)", "1ms to 30d", "'0s'");
    mistaken("extend train 31d", "(TIME)", "1ms to 30d", "'31d'");
    mistaken("ledger show --last 0", "'--last'", "1 to 1000", "'0'");
    mistaken("ledger show --last 1001", "'--last'", "1 to 1000", "'1001'");
    mistaken("earnings --last week", "'--last'", "such as 90s or 2h", "'week'");
    mistaken("logs train --tail -5", "'--tail'", "1 to 100000", "'-5'");
    mistaken("deploy f.yaml --wait forever", "'--wait'", "such as 90s or 2h", "'forever'");
    mistaken("deploy f.yaml --wait 2d", "'--wait'", "0ms to 1d", "'2d'");
    mistaken("payout record n1 --reference r --amount 0", "'--amount'", "more than 0");
    mistaken("payout record n1 --reference r --amount -1", "'--amount'", "such as 0.30", "'-1'");
    mistaken("payout record n1 --reference r --currency usd", "'--currency'", "USD", "'usd'");
    mistaken("payout confirm r --note " + "x".repeat(257), "'--note'", "0 to 256 characters");
    mistaken("payout record n1 --reference " + "x".repeat(129), "'--reference'", "1 to 128");
  }

  @Test
  void aHomeThatIsAFileIsAMistake() throws Exception {
    Path file = Files.writeString(home.resolve("f.yaml"), "");

    for (String command : List.of("init", "ps", "earnings")) {
      CommandRun run = CommandRun.bare(command, "--home", file.toString());
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).contains("'--home'").contains("a folder is wanted").contains("a file");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aHomeThatCannotBeMadeIsSaidWithTheReason() {
    CommandRun init = CommandRun.bare("init", "--home", "/proc/gpumarket");

    assertThat(init.status()).isEqualTo(1);
    assertThat(init.err()).contains("/proc/gpumarket: the folder cannot be made");
  }

  @Test
  void aSettingThatANodeInTheBackgroundRefusesIsAMistakeToo() {
    CommandRun up =
        CommandRun.of(home, "up", "--background", "--simulate-gpus", "foo", "--listen", "[::1]:0");

    assertThat(up.status()).isEqualTo(2);
    assertThat(up.err()).startsWith("gpumarket: --simulate-gpus: no GPU model is called 'foo'");
  }

  @Test
  void helpOfACommandIsTheSameAsItsFlag() {
    CommandRun help = CommandRun.bare("help", "ps");

    assertThat(help.status()).isZero();
    assertThat(help.out()).isEqualTo(CommandRun.bare("ps", "--help").out()).contains("--all");
    assertThat(CommandRun.bare("help").out()).contains("deploy").contains("earnings");
  }

  @Test
  void aTypingErrorIsAnsweredWithWhatWasMeant() {
    mistaken("deplo f.yaml", "'deplo'", "did you mean deploy?");
    mistaken("ledger shwo", "'shwo'", "did you mean show?");
    mistaken("up --simulate-gpu 2xrtx4090", "'--simulate-gpu'", "did you mean --simulate-gpus?");
    mistaken("up --regoin=eu", "'--regoin=eu'", "did you mean --region?");
    assertThat(CommandRun.bare("ps", "--something").err()).doesNotContain("did you mean");
  }

  @Test
  void aPriceForAModelThatDoesNotExistIsRefusedWithTheNearest() {
    CommandRun up =
        CommandRun.of(
            home,
            "up",
            "--simulate-gpus",
            "rtx4090",
            "--prices",
            "HIGH_2=1,rtx409=0.30",
            "--listen",
            "[::1]:0");

    assertThat(up.status()).isEqualTo(2);
    assertThat(up.err())
        .startsWith("gpumarket: --prices: no GPU model is called 'rtx409'")
        .contains("the nearest is 'rtx4090'");
  }

  @Test
  void aWrongSettingNamesItsFlag() {
    mistaken("config --region Germany", "--region: ", "such as eu", "'Germany'");
    mistaken("config --settlement-interval 1ms", "--settlement-interval: from 100ms to 1h");
    mistaken("config --voucher-grace 2h", "--voucher-grace: from 100ms to 1h");
    mistaken("config --max-duration 31d", "--max-duration: from 1ms to 30d");
    mistaken("config --max-duration 1h --min-duration 2h", "--min-duration: the shortest lease");
    mistaken("config --bootstrap a.example.org:0", "--bootstrap: a node is reached at a port");
  }

  @Test
  void aDeploymentsBootstrapIsCheckedBeforeANodeIsStarted() throws Exception {
    Path file =
        Files.writeString(
            home.resolve("d.yaml"), "workloads:\n  a: {runtime: process, command: [sh]}\n");

    mistaken("deploy " + file + " --bootstrap here", "--bootstrap: an address is host:port");
    assertThat(home.resolve("node.key")).doesNotExist();
  }

  @Test
  void aDemonstrationOfABadFileIsRefusedBeforeAnythingStarts() throws Exception {
    Path file = Files.writeString(home.resolve("d.yaml"), "workload: {}\n");

    CommandRun demo = CommandRun.bare("demo", "--file", file.toString());

    assertThat(demo.status()).isEqualTo(2);
    assertThat(demo.err()).contains("d.yaml:1: there is no key 'workload'");
    assertThat(demo.out()).isEmpty();
  }

  @Test
  void aCommandWithoutItsSubcommandIsAMistake() {
    for (String group : List.of("ledger", "payout")) {
      CommandRun alone = CommandRun.bare(group);

      assertThat(alone.status()).isEqualTo(2);
      assertThat(alone.err()).contains("Missing required subcommand", group + " --help");
    }
  }

  private void mistaken(String command, String... said) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.addAll(List.of("--home", home.toString()));

    CommandRun result = CommandRun.bare(arguments.toArray(String[]::new));

    assertThat(result.status()).as(command + ": " + result.err()).isEqualTo(2);
    assertThat(result.err()).contains(said).doesNotContain("Exception", "\tat ");
    assertThat(result.err().lines()).as(result.err()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void initMakesTheNodeOnceAndSaysWhatIsNext() {
    CommandRun first = CommandRun.bare("init", "--home", home.toString());
    CommandRun second = CommandRun.bare("init", "--home", home.toString());

    assertThat(first.status()).isZero();
    assertThat(first.out()).contains("This is now node n").contains("gpumarket up");
    assertThat(second.out()).contains("This is already node n");
    assertThat(home.resolve("config.yaml")).exists();
  }

  @Test
  void configAsJsonIsJsonWithSources() {
    CommandRun config =
        CommandRun.bare("config", "--home", home.toString(), "--region", "eu-de", "-o", "json");

    var region = JsonParser.parseString(config.out()).getAsJsonObject().getAsJsonObject("region");
    assertThat(region.get("value").getAsString()).isEqualTo("eu-de");
    assertThat(region.get("source").getAsString()).isEqualTo("flag");
  }

  @Test
  void aLedgerThatDoesNotExistIsSaidSo() {
    CommandRun verify = CommandRun.bare("ledger", "verify", "--home", home.toString());

    assertThat(verify.status()).isEqualTo(1);
    assertThat(verify.err()).contains("no ledger lies in");
  }

  @Test
  void whatTheLedgerKnowsIsToldWithNoNodeRunning() throws Exception {
    SigningKey identity = SigningKey.generate(new SecureRandom());
    Ledger.open(home.resolve("ledger"), identity, InstantSource.system()).close();

    for (String command : List.of("earnings", "payouts", "ledger show", "ledger verify")) {
      CommandRun told = CommandRun.of(home, command.split(" ", -1));
      assertThat(told.status()).as(command + ": " + told.err()).isZero();
      assertThat(told.err())
          .contains("No node runs here: this is what the files of its ledger say");
    }
    assertThat(CommandRun.of(home, "payouts").out()).contains("Nobody owes anybody anything");
    assertThat(CommandRun.of(home, "earnings", "-o", "json").out()).contains("\"leases\": []");
  }

  @Test
  void theCompletionScriptIsOneForBash() {
    assertThat(CommandRun.bare("completion").out()).contains("complete").contains("gpumarket");
  }
}
