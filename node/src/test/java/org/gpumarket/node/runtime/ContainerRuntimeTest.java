package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.WorkloadSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerRuntimeTest extends WorkloadContract {
  @TempDir static Path place;
  private static PodmanEngine engine;

  @BeforeAll
  static void startEngine() throws Exception {
    engine = PodmanEngine.start(Files.createDirectories(place));
  }

  @AfterAll
  static void endEngine() throws Exception {
    if (engine != null) {
      engine.close();
    }
  }

  @Override
  WorkloadRuntime open(Path folder, GpuFence fence) {
    return new ContainerRuntime(engine.socket(), NODE, fence);
  }

  @Override
  WorkloadSpec.Builder spec() {
    return WorkloadSpec.newBuilder()
        .setName("t/main")
        .setRuntime(RuntimeKind.RUNTIME_KIND_CONTAINER)
        .setImage(PodmanEngine.IMAGE)
        .setResources(Resources.newBuilder().setCpuMillis(500).setMemoryMib(64));
  }

  @Test
  void anEngineThatIsNotThereIsAProblemInASentence() {
    try (WorkloadRuntime none =
        new ContainerRuntime(place.resolve("none.sock"), NODE, (_, _) -> true)) {
      assertThat(none.problem().orElseThrow()).startsWith("the container engine does not answer");
    }
  }
}
