package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir Path home;

  private record Result(int status, String out, String err) {}

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
    Result mistake = run("deploy");
    Result failure = run("ps", "--home", home.toString());

    assertThat(mistake.status()).isEqualTo(2);
    assertThat(mistake.err()).contains("Missing required parameter").contains("--help");
    assertThat(failure.status()).isEqualTo(1);
    assertThat(failure.err())
        .contains("no node runs in")
        .contains("gpumarket up")
        .doesNotContain("\tat ");
  }

  @Test
  void initMakesTheNodeOnceAndSaysWhatIsNext() {
    Result first = run("init", "--home", home.toString());
    Result second = run("init", "--home", home.toString());

    assertThat(first.status()).isZero();
    assertThat(first.out()).contains("This is now node n").contains("gpumarket up");
    assertThat(second.out()).contains("This is already node n");
    assertThat(home.resolve("config.yaml")).exists();
  }

  @Test
  void configAsJsonIsJsonWithSources() {
    Result config = run("config", "--home", home.toString(), "--region", "eu-de", "-o", "json");

    var region = JsonParser.parseString(config.out()).getAsJsonObject().getAsJsonObject("region");
    assertThat(region.get("value").getAsString()).isEqualTo("eu-de");
    assertThat(region.get("source").getAsString()).isEqualTo("flag");
  }

  @Test
  void aLedgerThatDoesNotExistIsSaidSo() {
    Result verify = run("ledger", "verify", "--home", home.toString());

    assertThat(verify.status()).isEqualTo(1);
    assertThat(verify.err()).contains("no ledger lies in");
  }

  @Test
  void theCompletionScriptIsOneForBash() {
    assertThat(run("completion").out()).contains("complete").contains("gpumarket");
  }

  private static Result run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status = Gpumarket.commandLine().setErr(new PrintWriter(err)).execute(arguments);
      return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }
}
