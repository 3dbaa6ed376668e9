package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.junit.jupiter.api.Test;

class LogSlotsTest {
  private final LogSlots slots = new LogSlots();

  @Test
  void onePeerCannotTakeWhatOthersNeed() {
    NodeId greedy = somebody();
    for (int i = 0; i < LogSlots.OF_PEER; i++) {
      assertThat(slots.take(greedy)).isTrue();
    }

    assertThat(slots.take(greedy)).isFalse();
    assertThat(slots.take(somebody())).isTrue();
    slots.giveBack(greedy);
    assertThat(slots.take(greedy)).isTrue();
  }

  @Test
  void allPeersTogetherHaveALimit() {
    NodeId last = somebody();
    for (int i = 0; i < LogSlots.ALL; i++) {
      last = i % LogSlots.OF_PEER == 0 ? somebody() : last;
      assertThat(slots.take(last)).isTrue();
    }

    assertThat(slots.take(somebody())).isFalse();
    slots.giveBack(last);
    assertThat(slots.take(somebody())).isTrue();
  }

  private static NodeId somebody() {
    return SigningKey.generate(new SecureRandom()).nodeId();
  }
}
