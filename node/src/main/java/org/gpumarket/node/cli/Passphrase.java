package org.gpumarket.node.cli;

import java.util.Optional;

/** The passphrase of the node's key, where the owner has one. */
final class Passphrase {
  private Passphrase() {}

  /** From GPUMARKET_PASSPHRASE: a flag would show it to every user of the machine. */
  static Optional<char[]> given() {
    return Optional.ofNullable(System.getenv("GPUMARKET_PASSPHRASE"))
        .filter(p -> !p.isEmpty())
        .map(String::toCharArray);
  }
}
