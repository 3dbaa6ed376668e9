package org.gpumarket.ledger.signing;

/** A key, signature or envelope that does not count. The message is one sentence for people. */
public final class InvalidSignatureException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidSignatureException(String message) {
    super(message);
  }
}
