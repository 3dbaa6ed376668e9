package org.gpumarket.node.settlement;

import org.gpumarket.ledger.books.Owed;
import org.gpumarket.v1.Price;

/**
 * How much usage a provider lets stand without a voucher. One interval for a stranger; more for who
 * has paid before: a tenth of what was paid, up to ten intervals in all.
 */
public final class CreditPolicy {
  /** A payer of long standing gets at most this many intervals: bounds one lease's loss. */
  public static final int MAX_INTERVALS = 10;

  /** The share of what was paid before that is risked again: one in this many. */
  private static final int PAID_SHARE = 10;

  private CreditPolicy() {}

  /**
   * The credit of a new lease.
   *
   * @param gpuCount 1 or more
   * @param intervalMillis how often vouchers are due
   * @param paidBeforeMicros what the consumer's confirmed payouts add up to, in the price's
   *     currency
   * @return micros of the price's currency, 0 only for a free lease
   */
  public static long creditMicros(
      Price price, int gpuCount, long intervalMillis, long paidBeforeMicros) {
    long gpuMillis = Math.multiplyExact((long) gpuCount, intervalMillis);
    long interval = Owed.micros(gpuMillis, price.getMicrosPerGpuHour());
    if (price.getMicrosPerGpuHour() > 0) {
      interval = Math.max(1, interval);
    }
    long earned = Math.max(0, paidBeforeMicros) / PAID_SHARE;
    return Math.min(Math.multiplyExact(interval, MAX_INTERVALS), Math.max(interval, earned));
  }
}
