package org.gpumarket.node.settlement;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.gpumarket.node.settlement.RefusalException.Reason;

/** Refusals as gRPC carries them. */
public final class RefusalStatus {
  /** Longest sentence taken from a peer, in characters. */
  private static final int MAX_SENTENCE_CHARS = 512;

  private RefusalStatus() {}

  public static StatusRuntimeException toStatus(RefusalException refusal) {
    Status status =
        switch (refusal.reason()) {
          case INVALID -> Status.INVALID_ARGUMENT;
          case NOT_FOUND -> Status.NOT_FOUND;
          case NOT_YOURS -> Status.PERMISSION_DENIED;
          case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
          case WRONG_STATE -> Status.FAILED_PRECONDITION;
          case UNAVAILABLE -> Status.UNAVAILABLE;
        };
    return status.withDescription(refusal.sentence()).asRuntimeException();
  }

  /** What a peer answered. A status that says nothing of the request counts as not now. */
  public static RefusalException fromStatus(Status status) {
    Reason reason =
        switch (status.getCode()) {
          case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.INVALID;
          case NOT_FOUND -> Reason.NOT_FOUND;
          case PERMISSION_DENIED, UNAUTHENTICATED -> Reason.NOT_YOURS;
          case RESOURCE_EXHAUSTED -> Reason.EXHAUSTED;
          case FAILED_PRECONDITION, ALREADY_EXISTS, ABORTED, UNIMPLEMENTED -> Reason.WRONG_STATE;
          case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
              Reason.UNAVAILABLE;
        };
    String said = status.getDescription();
    String sentence =
        said == null || said.isBlank()
            ? "no answer: " + status.getCode()
            : said.replaceAll("[\\p{Cntrl}\u0080-\u009f]+", " ");
    return new RefusalException(
        reason,
        sentence.length() <= MAX_SENTENCE_CHARS
            ? sentence
            : sentence.substring(0, MAX_SENTENCE_CHARS));
  }
}
