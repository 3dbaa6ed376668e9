package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.junit.jupiter.api.Test;

/** What a consumer writes when its provider reports a state. */
class ProviderProgressTest {
  @Test
  void aStateThatWasNotHeardOfIsMadeUpFor() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_AGREED), status(LeaseState.LEASE_STATE_SUSPENDED)))
        .extracting(LeaseRow::getState)
        .containsExactly(LeaseState.LEASE_STATE_RUNNING, LeaseState.LEASE_STATE_SUSPENDED);
  }

  @Test
  void aStateThatIsKnownIsNotWrittenAgain() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_RUNNING), status(LeaseState.LEASE_STATE_RUNNING)))
        .isEmpty();
  }

  @Test
  void aStateThatIsLateChangesNothing() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_RUNNING), status(LeaseState.LEASE_STATE_STARTING)))
        .isEmpty();
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_CLOSING), status(LeaseState.LEASE_STATE_RUNNING)))
        .isEmpty();
  }

  @Test
  void aNewSentenceAboutTheSameStateIsWritten() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_RUNNING),
                status(LeaseState.LEASE_STATE_RUNNING).toBuilder().setDetail("away").build()))
        .extracting(LeaseRow::getDetail)
        .containsExactly("away");
  }

  @Test
  void anEndIsWrittenWithItsReasonAndExitStatusAndAsClosingUntilAllIsPaid() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_STARTING),
                status(LeaseState.LEASE_STATE_CLOSED).toBuilder()
                    .setCloseReason(CloseReason.CLOSE_REASON_COMPLETED)
                    .setExitCode(3)
                    .build()))
        .containsExactly(
            row(LeaseState.LEASE_STATE_CLOSING).toBuilder()
                .setCloseReason(CloseReason.CLOSE_REASON_COMPLETED)
                .setExitCode(3)
                .build());
  }

  @Test
  void aReasonThatThisVersionDoesNotKnowIsTheProvidersOwn() {
    assertThat(
            ProviderProgress.follow(
                row(LeaseState.LEASE_STATE_RUNNING),
                status(LeaseState.LEASE_STATE_CLOSING).toBuilder()
                    .setCloseReasonValue(4711)
                    .build()))
        .extracting(LeaseRow::getCloseReason)
        .containsExactly(CloseReason.CLOSE_REASON_PROVIDER);
  }

  private static LeaseRow row(LeaseState state) {
    return LeaseRow.newBuilder().setLeaseId("a".repeat(26)).setState(state).build();
  }

  private static LeaseStatus status(LeaseState state) {
    return LeaseStatus.newBuilder().setState(state).build();
  }
}
