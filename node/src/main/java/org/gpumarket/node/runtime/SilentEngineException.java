package org.gpumarket.node.runtime;

/** The container engine has not answered in time. Says in a few words how. */
final class SilentEngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SilentEngineException(String message) {
    super(message);
  }
}
