package org.gpumarket.node.lease;

import java.time.Duration;
import org.gpumarket.node.settings.Values;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeaseExtension;

/** Whether a provider gives a lease more time. Pure. */
final class ExtensionCheck {
  /** In place of the longest lease: the offer stands no more, and gives nobody more time. */
  static final long NOT_OFFERED = 0;

  private ExtensionCheck() {}

  /**
   * Refuses an extension that is none, too many or too long.
   *
   * @param mostMillis the longest the whole lease may last, or {@link #NOT_OFFERED}
   */
  static void check(LeaseRecord record, LeaseExtension wanted, long mostMillis)
      throws RefusalException {
    if (record.row().getExtensionRequestIdsCount() >= LeaseLimits.EXTENSIONS) {
      throw new RefusalException(
          Reason.EXHAUSTED, "a lease is extended at most " + LeaseLimits.EXTENSIONS + " times");
    }
    if (wanted.getDurationMs() <= record.durationMillis()) {
      throw new RefusalException(Reason.INVALID, "an extension makes a lease longer");
    }
    if (mostMillis == NOT_OFFERED) {
      throw new RefusalException(Reason.WRONG_STATE, "the offer of this lease stands no more");
    }
    if (wanted.getDurationMs() > mostMillis) {
      throw new RefusalException(
          Reason.WRONG_STATE,
          "a lease lasts at most " + Values.shown(Duration.ofMillis(mostMillis)));
    }
  }
}
