package org.gpumarket.node.daemon;

/** No node answers in the home that was asked. The message says which home. */
public final class NodeNotRunningException extends Exception {
  private static final long serialVersionUID = 1L;

  NodeNotRunningException(String message) {
    super(message);
  }
}
