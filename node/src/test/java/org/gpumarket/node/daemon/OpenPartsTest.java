package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenPartsTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void theLastOpenedIsClosedFirstAndAFailureStopsNothing() {
    OpenParts parts = new OpenParts();
    parts.onClose("the first", () -> closed.add("first"));
    parts.onClose(
        "the second",
        () -> {
          throw new IOException("as when a disk is gone");
        });
    parts.onClose(
        "the third",
        () -> {
          throw new NoClassDefFoundError("as when the program is built anew while it runs");
        });
    parts.onClose("the fourth", () -> closed.add("fourth"));

    parts.close();
    parts.close();

    assertThat(closed).containsExactly("fourth", "first");
  }
}
