package org.gpumarket.node.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.junit.jupiter.api.Test;

class RefusalStatusTest {
  @Test
  void whatAPeerSaysIsOneShortLineWithoutControlCharacters() {
    RefusalException refusal =
        RefusalStatus.fromStatus(
            Status.NOT_FOUND.withDescription("\u001b[2J no\r\nsuch\u009b1m " + "x".repeat(600)));

    assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(refusal.sentence()).startsWith(" [2J no such 1m xxx").hasSize(512);
    assertThat(refusal.sentence().chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void aPeerThatSaysNothingIsGivenAReason() {
    assertThat(RefusalStatus.fromStatus(Status.DEADLINE_EXCEEDED).sentence())
        .isEqualTo("no answer: DEADLINE_EXCEEDED");
  }
}
