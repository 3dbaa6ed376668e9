package org.gpumarket.node.cli;

/** A command cannot do what was asked: one sentence, and exit status 1. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  Failure(String sentence) {
    super(sentence);
  }
}
