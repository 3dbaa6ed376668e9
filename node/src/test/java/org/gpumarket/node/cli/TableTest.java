package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void textStandsLeftAndNumbersRight() {
    assertThat(printed(new Table("NAME", ">FREE", "REGION").row("a", 10, "eu").row("bbbbb", 9, "")))
        .isEqualTo(
            """
            NAME   FREE  REGION
            a        10  eu
            bbbbb     9
            """);
  }

  @Test
  void whatAPeerSaysOfItselfCannotMoveTheCursorNorBreakALine() {
    String table = printed(new Table("NODE", "PROGRAM").row("n1", "\u001b[2J\nx\u009b\u202e"));

    assertThat(table).isEqualTo("NODE  PROGRAM\nn1    ?[2J?x??\n");
  }

  private static String printed(Table table) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    table.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
