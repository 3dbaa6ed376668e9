package org.gpumarket.node.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it could not be written: a {@link PrintStream} says nothing,
 * and what a script reads from a full disk would pass for whole. Safe for use by several threads.
 */
final class CheckedOutput extends FilterOutputStream {
  private volatile @Nullable IOException broken;

  CheckedOutput(OutputStream out) {
    super(out);
  }

  /** Puts one in the place of {@link System#out}. */
  static CheckedOutput install() {
    CheckedOutput checked =
        new CheckedOutput(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    System.setOut(new PrintStream(checked, true, System.out.charset()));
    return checked;
  }

  /**
   * Why what was written is not all there; empty also where the reader did not want the rest, as
   * {@code head}.
   */
  Optional<String> problem() {
    IOException why = broken;
    return Optional.ofNullable(why)
        .map(e -> String.valueOf(e.getMessage()))
        .filter(message -> !message.toLowerCase(Locale.ROOT).contains("pipe"));
  }

  @Override
  public void write(int b) throws IOException {
    attempt(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    attempt(() -> out.write(bytes, from, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(out::flush);
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt attempt) throws IOException {
    try {
      attempt.run();
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }
}
