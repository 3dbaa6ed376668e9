package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  @Test
  void theLeaseAloneChoosesTheCards() throws Exception {
    Workload workload =
        start(
            spec().putEnvironment("NVIDIA_VISIBLE_DEVICES", "all"),
            "echo $NVIDIA_VISIBLE_DEVICES; echo $GPUMARKET_GPUS");
    workload.ended().get(30, TimeUnit.SECONDS);

    assertThat(logs(workload, LogSink.Stream.STDOUT)).isEqualTo("void\nSIM-test-0\n");
  }

  @Test
  void outputThatNobodyReadsIsKeptUpToALimit() throws Exception {
    Workload workload = start("seq 1 6000000");
    workload.ended().get(60, TimeUnit.SECONDS);
    long[] bytes = {0};

    workload.streamLogs(false, 0, (_, piece) -> (bytes[0] += piece.length) > 0);

    assertThat(bytes[0]).isBetween(1L, 20L << 20);
  }

  @Test
  void anImageWithoutATagIsOneImage() {
    assertThat(ContainerRuntime.withTag("host:5000/a/b")).isEqualTo("host:5000/a/b:latest");
    assertThat(ContainerRuntime.withTag("host:5000/a/b:1")).isEqualTo("host:5000/a/b:1");
    assertThat(ContainerRuntime.withTag("busybox")).isEqualTo("busybox:latest");
    assertThat(ContainerRuntime.withTag("a@sha256:" + "0".repeat(64))).contains("@sha256:");
  }

  @Test
  void whatTheEngineSaysHasNoControlCharacters() {
    assertThat(
            ContainerRuntime.rootMessage(new IllegalStateException("\u001b[2J\nno\u009b such\r\n")))
        .isEqualTo("[2J no such");
  }
}
