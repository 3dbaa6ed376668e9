package org.gpumarket.ledger;

/**
 * Nothing can be written now: the disk is full or failing, or the ledger is closed. One sentence
 * for people.
 */
public final class LedgerUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  LedgerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
