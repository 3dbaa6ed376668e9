package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TerminalGuardTest {
  @Test
  void textLinesTabsReturnsAndColoursPass() throws Exception {
    String harmless = "naïve ©\t10 %\r20 %\n\u001b[1;31mred\u001b[0m \u001b[38:5:9mx\u001b[m €🙂";

    assertThat(guarded(harmless)).isEqualTo(harmless);
  }

  @Test
  void whatMovesTheCursorOrTalksToTheTerminalDoesNot() throws Exception {
    assertThat(guarded("\u001b[2Jx")).isEqualTo("?[2Jx");
    assertThat(guarded("\u001b[1;1Hx")).isEqualTo("?[1;1Hx");
    assertThat(guarded("\u001b]0;title\u0007x")).isEqualTo("?]0;title?x");
    assertThat(guarded("\u001b[6nx\u001bc")).startsWith("?[6nx");
    assertThat(guarded("\u009b2Jx\bx\u007f")).isEqualTo("?2Jx?x?");
    assertThat(guarded("\u001b\u001b[31mx")).isEqualTo("?\u001b[31mx");
    assertThat(guarded("\u001b[" + "1;".repeat(40) + "m")).startsWith("?[1;1;");
  }

  @Property(tries = 300)
  void whateverIsWrittenNothingButColoursIsLeftOfTheControls(@ForAll byte[] bytes)
      throws Exception {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (TerminalGuard guard = new TerminalGuard(terminal)) {
      for (byte each : bytes) {
        guard.write(each);
      }
    }

    String left =
        terminal.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;:]*m|[\n\r\t]", "");
    assertThat(left.chars()).noneMatch(Character::isISOControl);
  }

  private static String guarded(String text) throws Exception {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (TerminalGuard guard = new TerminalGuard(terminal)) {
      guard.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return terminal.toString(StandardCharsets.UTF_8);
  }
}
