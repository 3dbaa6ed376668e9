package org.gpumarket.ledger;

/** The ledger cannot be opened or read. One sentence for people. */
public class LedgerException extends Exception {
  private static final long serialVersionUID = 1L;

  public LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
