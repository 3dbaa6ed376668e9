package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CheckedOutputTest {
  @Test
  void whatCouldNotBeWrittenIsSaidAfterwards() {
    assertThat(afterALineTo(failing("No space left on device")).problem())
        .contains("No space left on device");
  }

  @Test
  void aReaderThatLeavesIsNoFailure() {
    assertThat(afterALineTo(failing("Broken pipe")).problem()).isEmpty();
  }

  @Test
  void whatIsWrittenArrives() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    assertThat(afterALineTo(bytes).problem()).isEmpty();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("line" + System.lineSeparator());
  }

  private static CheckedOutput afterALineTo(OutputStream to) {
    CheckedOutput checked = new CheckedOutput(to);
    new PrintStream(checked, true, StandardCharsets.UTF_8).println("line");
    return checked;
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }
}
