package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.WorkloadSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerRuntimeTest extends WorkloadContract {
  private static final Resources SOLD =
      Resources.newBuilder().setCpuMillis(700).setMemoryMib(96).build();

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
    return new ContainerRuntime(engine.socket(), NODE, fence, SOLD);
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
        new ContainerRuntime(place.resolve("none.sock"), NODE, (_, _) -> true, SOLD)) {
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
  void aWorkloadThatAsksForNothingGetsNoMoreThanIsSold() throws Exception {
    assertThat(limits(start(spec().clearResources(), "sleep 60"))).isEqualTo("96 MiB, 0.7 CPUs");
  }

  @Test
  void aWorkloadThatAsksGetsWhatItAsksFor() throws Exception {
    assertThat(limits(start("sleep 60"))).isEqualTo("64 MiB, 0.5 CPUs");
  }

  @Test
  void aContainerIsWaitedForOnceHoweverOftenItIsFound() throws Exception {
    Workload workload = start("sleep 60");

    for (int i = 0; i < 3; i++) {
      assertThat(runtime.find().stream().filter(w -> w.leaseId().equals(leaseId)))
          .singleElement()
          .isSameAs(workload);
    }
    assertThat(runtime.start(order("sleep 60"), _ -> {})).isSameAs(workload);
  }

  @Test
  void aContainerWhoseEngineWasGoneIsWaitedForAnew() throws Exception {
    Path folder = Files.createDirectory(place.resolve("own"));
    PodmanEngine first = PodmanEngine.start(folder);
    try (ContainerRuntime own = new ContainerRuntime(first.socket(), NODE, (_, _) -> true, SOLD)) {
      Workload before = own.start(order("sleep 60"), _ -> {});
      first.close();
      assertThat(before.ended().get(30, TimeUnit.SECONDS)).isInstanceOf(WorkloadStatus.Gone.class);
      Files.deleteIfExists(first.socket());

      try (PodmanEngine _ = PodmanEngine.start(folder)) {
        Workload after =
            own.find().stream().filter(w -> w.leaseId().equals(leaseId)).findFirst().orElseThrow();
        assertThat(after).isNotSameAs(before);
        after.stop(Duration.ZERO);
        assertThat(after.ended().get(30, TimeUnit.SECONDS))
            .isInstanceOf(WorkloadStatus.Exited.class);
        after.remove();
      }
    }
  }

  @Test
  void processesAreLimitedAsTheDocumentationSays() throws Exception {
    Workload workload = start("cat /proc/self/limits");
    workload.ended().get(30, TimeUnit.SECONDS);

    assertThat(logs(workload, LogSink.Stream.STDOUT)).containsPattern("Max processes +4096 +4096 ");
    assertThat(inspected(workload, "{{.HostConfig.PidsLimit}}")).isEqualTo("4096");
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

  private static String limits(Workload workload) throws Exception {
    String[] limits =
        inspected(workload, "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}").split(" ", -1);
    return (Long.parseLong(limits[0]) >> 20) + " MiB, " + Long.parseLong(limits[1]) / 1e9 + " CPUs";
  }

  /** What the engine itself says of a container. */
  private static String inspected(Workload workload, String format) throws Exception {
    Process podman =
        new ProcessBuilder(
                "podman",
                "--runtime",
                "runc",
                "inspect",
                "--format",
                format,
                workload.handle().substring("container ".length()))
            .start();
    return new String(podman.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
