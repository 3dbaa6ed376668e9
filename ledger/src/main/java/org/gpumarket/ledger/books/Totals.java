package org.gpumarket.ledger.books;

/**
 * All that ever moved on one account, in micros of its currency.
 *
 * @param debits 0 or more
 * @param credits 0 or more
 */
public record Totals(long debits, long credits) {
  static final Totals ZERO = new Totals(0, 0);

  Totals debited(long micros) {
    return new Totals(Math.addExact(debits, micros), credits);
  }

  Totals credited(long micros) {
    return new Totals(debits, Math.addExact(credits, micros));
  }
}
