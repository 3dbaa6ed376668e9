package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.gpumarket.node.lease.EngineWatch.Sight;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runtime that goes away and comes back, as one lease sees it. */
class EngineWatchTest {
  private static final long GRACE_MILLIS = 5_000;

  private ManualTime time;
  private Optional<String> problem;
  private EngineWatch watch;

  @BeforeEach
  void open() {
    time = new ManualTime();
    problem = Optional.empty();
    watch =
        new EngineWatch(
            () -> problem,
            GRACE_MILLIS,
            new LeaseSurroundings(
                time.clock(Duration.ZERO), time::nanoTime, time, new SecureRandom()));
  }

  @Test
  void anEngineIsAskedOnceASecondAndNotBetween() {
    assertThat(watch.look()).isEqualTo(Sight.ANSWERS);
    problem = Optional.of("it sleeps");
    time.pass(Duration.ofMillis(999));
    assertThat(watch.look()).isEqualTo(Sight.ANSWERS);
    time.pass(Duration.ofMillis(1));
    assertThat(watch.look()).isEqualTo(Sight.GOES);
    assertThat(watch.trouble()).isEqualTo("it sleeps");
    assertThat(watch.look()).isEqualTo(Sight.AWAY);
  }

  @Test
  void anEngineThatIsBackStaysAwayUntilItsWorkloadIsFound() {
    watch.lost("it sleeps");
    assertThat(watch.look()).isEqualTo(Sight.RETURNS);
    assertThat(watch.isAway()).isTrue();
    watch.found();
    assertThat(watch.isAway()).isFalse();
    assertThat(watch.trouble()).isEmpty();
  }

  @Test
  void theGraceTimeRunsFromTheFirstMomentAndIsNotMadeLongerByTheNext() {
    problem = Optional.of("it sleeps");
    assertThat(watch.look()).isEqualTo(Sight.GOES);
    time.pass(Duration.ofSeconds(4));
    watch.lost("it still sleeps");
    assertThat(watch.look()).isEqualTo(Sight.AWAY);
    time.pass(Duration.ofSeconds(1));
    assertThat(watch.look()).isEqualTo(Sight.GIVEN_UP);
  }
}
