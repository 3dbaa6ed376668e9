package org.gpumarket.ledger;

/** Another process has this ledger open. One sentence for people. */
public final class LedgerInUseException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerInUseException(String message, Throwable cause) {
    super(message, cause);
  }
}
