package org.gpumarket.node.lease;

import org.gpumarket.v1.LeaseStatus;

/**
 * The consumer's end of a settlement stream, as a provider sees it. Called one call at a time, in
 * order, with no lock held.
 */
public interface SettleListener {
  /** Sent first, at every change and every interval. */
  void status(LeaseStatus status);

  /** A voucher is on disk and counts, or one that covers as much did before. */
  void receipt(long gpuMillis);

  void refusal(String sentence);

  /** The lease is closed and paid up: nothing comes any more. */
  void ended();
}
