package org.gpumarket.ledger.books;

/**
 * An entry that breaks a rule of the books, or a row that would replace another. Nothing of it was
 * written. One sentence for people.
 */
public final class RefusedEntryException extends Exception {
  private static final long serialVersionUID = 1L;

  public RefusedEntryException(String message) {
    super(message);
  }
}
