package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceMemoryTest {
  private static final long NOTHING = Long.MIN_VALUE;

  private final SequenceMemory memory = new SequenceMemory(3, 5);

  @Test
  void theHighestSequenceIsKeptUntilTheLatestTimeAskedFor() {
    memory.remember(key("a", "o"), 7, 100);
    memory.remember(key("a", "o"), 5, 200);

    memory.forgetUntil(199);
    assertThat(memory.highest(key("a", "o"))).isEqualTo(7);
    memory.forgetUntil(200);
    assertThat(memory.highest(key("a", "o"))).isEqualTo(NOTHING);
    assertThat(memory.size()).isZero();
  }

  @Test
  void whatIsForgottenIsGoneAndLeavesTheRest() {
    memory.remember(key("a", "o"), 1, 100);
    memory.remember(key("a", "p"), 2, 100);

    memory.forget(key("a", "o"));

    assertThat(memory.highest(key("a", "o"))).isEqualTo(NOTHING);
    assertThat(memory.highest(key("a", "p"))).isEqualTo(2);
    assertThat(memory.size()).isEqualTo(1);
  }

  @Test
  void aProviderAtItsBoundLosesItsOwnThatWouldGoFirst() {
    memory.remember(key("a", "o1"), 1, 300);
    memory.remember(key("a", "o2"), 1, 100);
    memory.remember(key("a", "o3"), 1, 200);
    memory.remember(key("b", "o"), 1, 50);

    memory.remember(key("a", "o4"), 1, 400);

    assertThat(memory.highest(key("a", "o2"))).isEqualTo(NOTHING);
    assertThat(memory.highest(key("b", "o"))).isEqualTo(1);
    assertThat(memory.size()).isEqualTo(4);
  }

  @Test
  void aFullMemoryTakesFromTheProviderThatFillsMostOfIt() {
    memory.remember(key("honest", "o"), 1, 1);
    memory.remember(key("greedy", "o1"), 1, 300);
    memory.remember(key("greedy", "o2"), 1, 200);
    memory.remember(key("greedy", "o3"), 1, 400);
    memory.remember(key("other", "o"), 1, 1);

    memory.remember(key("new", "o"), 1, 1);

    assertThat(memory.highest(key("greedy", "o2"))).isEqualTo(NOTHING);
    assertThat(memory.highest(key("honest", "o"))).isEqualTo(1);
    assertThat(memory.highest(key("other", "o"))).isEqualTo(1);
    assertThat(memory.highest(key("new", "o"))).isEqualTo(1);
    assertThat(memory.size()).isEqualTo(5);
  }

  @Test
  void oneIdentityCannotPushOutWhatIsRememberedOfOthers() {
    SequenceMemory memory = new SequenceMemory(16, 64);
    for (int i = 0; i < 48; i++) {
      memory.remember(key("honest" + i, "o"), 1, 1);
    }
    for (int i = 0; i < 100_000; i++) {
      memory.remember(key("stranger", "o" + i), 1, 1_000 + i);
    }

    for (int i = 0; i < 48; i++) {
      assertThat(memory.highest(key("honest" + i, "o"))).isEqualTo(1);
    }
    assertThat(memory.size()).isEqualTo(64);
  }

  private static OfferKey key(String provider, String name) {
    return new OfferKey(provider, name);
  }
}
