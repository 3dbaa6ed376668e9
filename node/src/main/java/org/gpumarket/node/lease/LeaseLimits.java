package org.gpumarket.node.lease;

import java.time.Duration;

/** The protocol's limits on both sides. */
public final class LeaseLimits {
  /** How long quoted GPUs are held (architecture: quotes). Milliseconds. */
  public static final long HOLD_MILLIS = 30_000;

  /** Quotes that one consumer may hold at a time: more would take the rig off the market. */
  public static final int HOLDS_PER_CONSUMER = 4;

  /**
   * Leases of one consumer that are agreed and not started: each holds its GPUs for free. A correct
   * consumer starts a lease as soon as it is agreed.
   */
  public static final int UNSTARTED_PER_CONSUMER = 16;

  /** Open leases in each role: bounds memory and the work of a tick. */
  public static final int OPEN_LEASES = 256;

  /** An agreed lease that nobody starts is closed after this. Milliseconds. */
  public static final long START_MILLIS = 300_000;

  /** Longest lease, extensions included: 30 days. Milliseconds. */
  public static final long MAX_DURATION_MILLIS = 30L * 24 * 3_600_000;

  /** Extensions of one lease: bounds its row. */
  public static final int EXTENSIONS = 64;

  /** GPUs in one lease (offer.proto: gpu_count). */
  public static final int GPUS = 1024;

  /** Settlement streams on one lease at a time: one, and one that is being given up. */
  public static final int SETTLE_STREAMS = 4;

  /** How long a workload may take to end by itself once asked. */
  public static final Duration STOP_GRACE = Duration.ofSeconds(5);

  /** The same while the node shuts down, which has 10 s in all (issue: clean shutdown). */
  public static final Duration SHUTDOWN_STOP_GRACE = Duration.ofSeconds(3);

  /** How long an ended workload is kept for its logs. Milliseconds. */
  public static final long LOGS_KEPT_MILLIS = 600_000;

  /** How often a runtime is asked whether it still answers. Milliseconds. */
  public static final long ENGINE_CHECK_MILLIS = 1_000;

  /** Usage above the consumer's own count of time that is taken as truth. Milliseconds per GPU. */
  public static final long USAGE_TOLERANCE_MILLIS = 2_000;

  /** Usage interval and grace that a consumer accepts in a quote. Milliseconds. */
  public static final long MIN_INTERVAL_MILLIS = 100;

  /** An hour: a longer interval would be a longer risk. Milliseconds. */
  public static final long MAX_INTERVAL_MILLIS = 3_600_000;

  /** First wait before a peer is called again, doubled up to the longest. Milliseconds. */
  public static final long FIRST_RETRY_MILLIS = 250;

  public static final long LONGEST_RETRY_MILLIS = 30_000;

  /** Offers of a ranking that are read at a time. */
  public static final int MATCHES_READ = 64;

  /**
   * Offers of one provider, or versions of one, that are tried for one workload; more only while
   * there is time to wait.
   */
  public static final int ATTEMPTS_PER_PROVIDER = 16;

  /** Longest sentence about a lease, in characters (lease.proto: detail). */
  public static final int DETAIL_CHARS = 512;

  /** What a peer can make a lease say in the log, it says no more often. Milliseconds. */
  public static final long LOG_QUIET_MILLIS = 10_000;

  /**
   * Messages about one lease that a provider may send at once; then one every quarter of the
   * interval, at most a second: each may cost its consumer a write. A correct one sends two an
   * interval, and how far a start is once a second.
   */
  public static final int SETTLE_MESSAGES = 256;

  private LeaseLimits() {}

  static String detail(String sentence) {
    String plain = sentence.replaceAll("[\\p{Cntrl}\u0080-\u009f]+", " ");
    return plain.length() <= DETAIL_CHARS ? plain : plain.substring(0, DETAIL_CHARS);
  }
}
