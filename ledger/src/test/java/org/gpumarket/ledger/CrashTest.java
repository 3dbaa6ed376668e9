package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.gpumarket.v1.LedgerEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends under load is killed at random moments, again and again. */
class CrashTest {
  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedIsThereAfterEachOfFiveKills() throws Exception {
    killAgainAndAgain(5);
  }

  @Test
  @Tag("long")
  void whatWasAcknowledgedIsThereAfterEachOfAThousandKills() throws Exception {
    killAgainAndAgain(1_000);
  }

  private void killAgainAndAgain(int kills) throws Exception {
    Random random = new Random(kills);
    for (int kill = 0; kill < kills; kill++) {
      String last = killedAfter(1 + random.nextInt(300));
      try (LedgerReader ledger = LedgerReader.openReadOnly(folder)) {
        String[] acknowledged = last.split(" ", 2);
        LedgerEntry entry = ledger.entry(Long.parseLong(acknowledged[0]));
        assertThat(entry.hasLeaseAgreed()).isTrue();
        assertThat(ledger.row("t", acknowledged[1])).isPresent();
        assertThat(ledger.rows("t")).hasSize(Math.toIntExact(ledger.size() - 1));
        if (kill % 100 == 0 || kill == kills - 1) {
          assertThat(ledger.verify().problem()).isEmpty();
        }
      }
    }
  }

  /** The last line that the child told before it was killed. */
  private String killedAfter(int lines) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashChild.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String last = "";
    try (BufferedReader told =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        last = String.valueOf(told.readLine());
      }
      child.destroyForcibly();
      // A line that was cut by the kill is nobody's acknowledgement.
    } finally {
      child.destroyForcibly().waitFor();
    }
    return last;
  }
}
