package org.gpumarket.node.rig;

/** The rig cannot be asked. One sentence for people. */
public final class RigException extends Exception {
  private static final long serialVersionUID = 1L;

  RigException(String message) {
    super(message);
  }
}
