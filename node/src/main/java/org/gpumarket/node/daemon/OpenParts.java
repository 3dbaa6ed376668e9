package org.gpumarket.node.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is open and must be closed: the last one opened first, each once, whatever becomes of the
 * others. Used by one thread at a time.
 */
final class OpenParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);

  private record Part(String name, AutoCloseable closing) {}

  private final Deque<Part> parts = new ArrayDeque<>();

  /**
   * Remembers a part that was just opened.
   *
   * @param name for the log, should its end fail: "the ledger"
   * @return the part
   */
  <T extends AutoCloseable> T opened(String name, T part) {
    onClose(name, part);
    return part;
  }

  /** Something to do at the end, before the parts that were opened until now are closed. */
  void onClose(String name, AutoCloseable closing) {
    parts.push(new Part(name, closing));
  }

  /** Goes on after a failure, which the log tells. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closing().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        LOG.error("{} did not end in order: interrupted", part.name(), e);
      } catch (Exception | Error e) {
        LOG.error("{} did not end in order", part.name(), e);
      }
    }
  }
}
