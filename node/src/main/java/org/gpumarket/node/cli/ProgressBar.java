package org.gpumarket.node.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** One line that fills while a person waits; nothing where nobody looks. Close it to remove it. */
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean shown;
  private int length;

  private ProgressBar(PrintStream out, boolean shown) {
    this.out = out;
    this.shown = shown;
  }

  /** A bar that draws on this stream. */
  static ProgressBar on(PrintStream out) {
    return new ProgressBar(out, true);
  }

  /** A bar on the terminal, if there is one. */
  static ProgressBar onTerminal() {
    return new ProgressBar(
        System.err, Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
  }

  /** Shows that so many of so many are done. */
  void show(long done, long of, String what) {
    if (!shown || of <= 0) {
      return;
    }
    int filled = (int) (WIDTH * Math.clamp(done, 0, of) / of);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %,d of %,d %s",
            "#".repeat(filled),
            ".".repeat(WIDTH - filled),
            done,
            of,
            what);
    out.print("\r" + line + " ".repeat(Math.max(0, length - line.length())));
    out.flush();
    length = line.length();
  }

  @Override
  public void close() {
    if (length > 0) {
      out.print("\r" + " ".repeat(length) + "\r");
      out.flush();
    }
  }
}
