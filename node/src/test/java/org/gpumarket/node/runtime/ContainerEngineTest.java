package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.gpumarket.v1.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine that takes calls and does not answer them. */
@Timeout(60)
class ContainerEngineTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path folder;

  @Test
  void aRuntimeSaysThatItsEngineDoesNotAnswer() throws Exception {
    try (HangingEngine _ = new HangingEngine(socket());
        ContainerRuntime runtime =
            new ContainerRuntime(
                socket(),
                WorkloadContract.NODE,
                (_, _) -> true,
                Resources.getDefaultInstance(),
                SHORT)) {
      assertThat(runtime.problem())
          .contains("the container engine does not answer: no answer within 200 ms");
      assertThatThrownBy(runtime::find)
          .isInstanceOf(WorkloadException.class)
          .hasMessageContaining("it takes calls and does not answer them");
    }
  }

  @Test
  void afterOneUnansweredCallTheOthersFailAtOnceAndReachItNoMore() throws Exception {
    try (HangingEngine hanging = new HangingEngine(socket());
        ContainerEngine engine = new ContainerEngine(socket())) {
      fails(engine, SHORT);
      for (int i = 0; i < 1_000; i++) {
        fails(engine, Duration.ofDays(1));
      }

      // The first call, and a ping every few seconds that waits for the engine to come back.
      assertThat(hanging.calls()).isLessThanOrEqualTo(10);
    }
  }

  @Test
  void anEngineThatAnswersAgainIsCalledAgain() throws Exception {
    try (HangingEngine hanging = new HangingEngine(socket());
        ContainerEngine engine = new ContainerEngine(socket())) {
      fails(engine, SHORT);

      hanging.answer();

      assertThat(answersWithinTime(engine)).isTrue();
    }
  }

  @Test
  void anEngineThatIsThereNoMoreIsNotTakenForASilentOne() throws Exception {
    try (ContainerEngine engine = new ContainerEngine(socket())) {
      HangingEngine hanging = new HangingEngine(socket());
      fails(engine, SHORT);
      hanging.close();

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      RuntimeException failure = failure(engine);
      while (failure instanceof SilentEngineException && System.nanoTime() < end) {
        failure = failure(engine);
      }

      assertThat(failure).isNotNull().isNotInstanceOf(SilentEngineException.class);
    }
  }

  private static void fails(ContainerEngine engine, Duration deadline) {
    assertThatThrownBy(() -> engine.ask(deadline, ContainerEngineTest::ping))
        .isInstanceOf(SilentEngineException.class);
  }

  private static RuntimeException failure(ContainerEngine engine) {
    try {
      var _ = engine.ask(Duration.ofSeconds(10), ContainerEngineTest::ping);
      throw new AssertionError("nobody is there to answer");
    } catch (RuntimeException e) {
      return e;
    }
  }

  private static boolean answersWithinTime(ContainerEngine engine) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < end) {
      try {
        return engine.ask(Duration.ofSeconds(10), ContainerEngineTest::ping);
      } catch (SilentEngineException _) {
        Thread.onSpinWait();
      }
    }
    return false;
  }

  private Path socket() {
    return folder.resolve("engine.sock");
  }

  private static boolean ping(DockerClient docker) {
    docker.pingCmd().exec();
    return true;
  }
}
