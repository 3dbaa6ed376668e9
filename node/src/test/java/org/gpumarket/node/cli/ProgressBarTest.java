package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void itFillsOnOneLineAndLeavesNothing() {
    try (ProgressBar bar = ProgressBar.on(new PrintStream(written, true, StandardCharsets.UTF_8))) {
      bar.show(512, 1_024, "entries verified");
      bar.show(1_024, 1_024, "entries");
    }
    String first = "[###############...............] 512 of 1,024 entries verified";
    String second = "[##############################] 1,024 of 1,024 entries";
    String padding = " ".repeat(first.length() - second.length());
    assertThat(written.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "\r" + first + "\r" + second + padding + "\r" + " ".repeat(second.length()) + "\r");
  }

  @Test
  void nothingIsWrittenBeforeThereIsSomethingToShow() {
    try (ProgressBar bar = ProgressBar.on(new PrintStream(written, true, StandardCharsets.UTF_8))) {
      bar.show(0, 0, "entries");
    }
    assertThat(written.size()).isZero();
  }
}
