package org.gpumarket.node.settlement;

/** What was asked is not done, and nothing was changed. The message is one sentence for people. */
public final class RefusalException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public RefusalException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The sentence; never null. */
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /** What kind of refusal it is; each has its gRPC status in {@link RefusalStatus}. */
  public enum Reason {
    /** The request itself is wrong. */
    INVALID,
    NOT_FOUND,
    /** It is somebody else's. */
    NOT_YOURS,
    /** A limit is reached or nothing is free. */
    EXHAUSTED,
    /** Not in this state. */
    WRONG_STATE,
    /** Not now: the disk is full, the other side cannot be reached. */
    UNAVAILABLE
  }
}
