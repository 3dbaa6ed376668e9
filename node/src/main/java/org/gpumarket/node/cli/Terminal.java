package org.gpumarket.node.cli;

import java.io.Console;
import java.io.OutputStream;
import java.util.Optional;

/** The terminal that a person sits at, if there is one. */
final class Terminal {
  /** What moves a cursor or hides text: controls, and the marks that turn its direction. */
  private static final String UNSAFE = "[\\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]";

  private Terminal() {}

  /** Whether standard input and output are one. */
  static boolean isThere() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** The stream, behind a guard where it may be shown by a terminal. */
  static OutputStream guard(OutputStream stream) {
    return isThere() ? new TerminalGuard(stream) : stream;
  }

  /** One line of a text from somebody else, without what could play tricks on a terminal. */
  static String plain(String text) {
    return text.replaceAll(UNSAFE, "?");
  }
}
