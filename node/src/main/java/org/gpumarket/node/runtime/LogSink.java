package org.gpumarket.node.runtime;

/** Takes a workload's output as it was written. */
@FunctionalInterface
public interface LogSink {
  /** Which of the two outputs a piece came on. */
  enum Stream {
    STDOUT,
    STDERR
  }

  /** Takes a piece; false when no more is wanted. */
  boolean write(Stream stream, byte[] piece);
}
