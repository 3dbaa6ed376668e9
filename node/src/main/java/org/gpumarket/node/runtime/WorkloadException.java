package org.gpumarket.node.runtime;

/** A workload cannot be started, found or stopped. One sentence for people. */
public final class WorkloadException extends Exception {
  private static final long serialVersionUID = 1L;

  public WorkloadException(String message) {
    super(message);
  }

  public WorkloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
