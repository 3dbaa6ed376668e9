package org.gpumarket.node.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Stands between a stranger's output and a terminal: text, line ends, tabs, returns and colours
 * (ECMA-48 SGR) pass; every other control becomes a question mark, so that what a workload writes
 * can neither move the cursor to other lines nor talk to the terminal. Text may be cut anywhere
 * between two writes. Used on one thread.
 */
final class TerminalGuard extends OutputStream {
  private static final int ESCAPE = 0x1b;

  /** First byte in UTF-8 of the controls U+0080 to U+009F, and of letters beyond them. */
  private static final int C1_LEAD = 0xc2;

  /** Longer than any colour, shorter than anything worth keeping back. */
  private static final int MAX_COLOUR_BYTES = 32;

  private final OutputStream terminal;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  TerminalGuard(OutputStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void write(int b) throws IOException {
    int next = b & 0xff;
    if (held.size() == 0) {
      begin(next);
    } else if (held.toByteArray()[0] == (byte) C1_LEAD) {
      held.reset();
      boolean control = next >= 0x80 && next <= 0x9f;
      if (control) {
        terminal.write('?');
      } else {
        terminal.write(C1_LEAD);
        begin(next);
      }
    } else {
      continueColour(next);
    }
  }

  private void begin(int next) throws IOException {
    if (next == ESCAPE || next == C1_LEAD) {
      held.write(next);
    } else {
      boolean control = next < 0x20 || next == 0x7f;
      boolean passes = next == '\n' || next == '\r' || next == '\t';
      terminal.write(control && !passes ? '?' : next);
    }
  }

  private void continueColour(int next) throws IOException {
    boolean inside =
        held.size() == 1 ? next == '[' : (next >= '0' && next <= '9') || next == ';' || next == ':';
    if (inside && held.size() < MAX_COLOUR_BYTES) {
      held.write(next);
    } else if (held.size() > 1 && next == 'm') {
      held.write(next);
      held.writeTo(terminal);
      held.reset();
    } else {
      giveUpColour();
      begin(next);
    }
  }

  private void giveUpColour() throws IOException {
    byte[] bytes = held.toByteArray();
    held.reset();
    terminal.write('?');
    terminal.write(bytes, 1, bytes.length - 1);
  }

  @Override
  public void flush() throws IOException {
    terminal.flush();
  }
}
