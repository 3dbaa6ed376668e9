package org.gpumarket.ledger.store;

/** The store cannot be opened, read or written. One sentence for people. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  public enum Cause {
    /** Another process has the store open. */
    LOCKED,
    /** The disk has no room. */
    NO_SPACE,
    /** Anything else: a broken file, a wrong format, an I/O error. */
    FAILED
  }

  private final Cause trouble;

  StoreException(Cause trouble, String message, Throwable cause) {
    super(message, cause);
    this.trouble = trouble;
  }

  public Cause trouble() {
    return trouble;
  }
}
