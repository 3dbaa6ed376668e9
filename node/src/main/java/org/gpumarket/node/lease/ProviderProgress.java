package org.gpumarket.node.lease;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;

/**
 * How a consumer's row follows its provider's states. The books know only steps that may follow one
 * another, so a step that was not heard of is made up for. Pure.
 */
final class ProviderProgress {
  private ProviderProgress() {}

  /** The rows to write one after the other; none where the row says already what is reported. */
  static List<LeaseRow> follow(LeaseRow row, LeaseStatus status) {
    return switch (status.getState()) {
      case LEASE_STATE_STARTING -> steps(row, status, LeaseState.LEASE_STATE_STARTING);
      case LEASE_STATE_RUNNING -> steps(row, status, LeaseState.LEASE_STATE_RUNNING);
      case LEASE_STATE_SUSPENDED ->
          steps(row, status, LeaseState.LEASE_STATE_RUNNING, LeaseState.LEASE_STATE_SUSPENDED);
      case LEASE_STATE_CLOSING, LEASE_STATE_CLOSED -> closing(row, status);
      case LEASE_STATE_AGREED, LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
          List.of();
    };
  }

  private static List<LeaseRow> closing(LeaseRow row, LeaseStatus status) {
    if (row.getState().getNumber() >= LeaseState.LEASE_STATE_CLOSING.getNumber()) {
      return List.of();
    }
    LeaseRow.Builder next =
        row.toBuilder()
            .setState(LeaseState.LEASE_STATE_CLOSING)
            .setCloseReason(reason(status))
            .setDetail(LeaseLimits.detail(status.getDetail()));
    if (status.hasExitCode()) {
      next.setExitCode(status.getExitCode());
    }
    return List.of(next.build());
  }

  /** A reason that this version does not know cannot be written. */
  private static CloseReason reason(LeaseStatus status) {
    return status.getCloseReason() == CloseReason.UNRECOGNIZED
        ? CloseReason.CLOSE_REASON_PROVIDER
        : status.getCloseReason();
  }

  private static List<LeaseRow> steps(LeaseRow row, LeaseStatus status, LeaseState... through) {
    String detail = LeaseLimits.detail(status.getDetail());
    List<LeaseRow> rows = new ArrayList<>();
    LeaseRow at = row;
    for (LeaseState to : through) {
      if (mayFollow(at.getState(), to, status.getState())) {
        at = at.toBuilder().setState(to).setDetail(detail).build();
        rows.add(at);
      } else if (at.getState() == to && !at.getDetail().equals(detail)) {
        at = at.toBuilder().setDetail(detail).build();
        rows.add(at);
      }
    }
    return rows;
  }

  private static boolean mayFollow(LeaseState from, LeaseState to, LeaseState reported) {
    return switch (to) {
      case LEASE_STATE_STARTING -> from == LeaseState.LEASE_STATE_AGREED;
      case LEASE_STATE_RUNNING ->
          from == LeaseState.LEASE_STATE_AGREED
              || from == LeaseState.LEASE_STATE_STARTING
              || (from == LeaseState.LEASE_STATE_SUSPENDED
                  && reported == LeaseState.LEASE_STATE_RUNNING);
      case LEASE_STATE_SUSPENDED -> from == LeaseState.LEASE_STATE_RUNNING;
      case LEASE_STATE_UNSPECIFIED,
          LEASE_STATE_RESERVED,
          LEASE_STATE_AGREED,
          LEASE_STATE_CLOSING,
          LEASE_STATE_CLOSED,
          UNRECOGNIZED ->
          false;
    };
  }
}
