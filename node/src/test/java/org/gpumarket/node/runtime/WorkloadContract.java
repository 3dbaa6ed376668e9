package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.deployment.WorkloadSpecs;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.rig.GpuCatalog;
import org.gpumarket.v1.WorkloadSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every runtime promises, on the real thing. */
abstract class WorkloadContract {
  static final NodeId NODE = SigningKey.generate(new SecureRandom()).nodeId();

  private final List<Workload> begun = new ArrayList<>();
  final String leaseId = Base32.randomId(new SecureRandom());
  @TempDir Path folder;
  WorkloadRuntime runtime;

  /** A runtime on the same place as any other one made for this test. */
  abstract WorkloadRuntime open(Path folder, GpuFence fence) throws Exception;

  abstract WorkloadSpec.Builder spec();

  @BeforeEach
  void open() throws Exception {
    runtime = open(folder, (_, _) -> true);
  }

  @AfterEach
  void removeAll() throws Exception {
    for (Workload workload : begun) {
      workload.remove();
    }
    runtime.close();
  }

  @Test
  void aWorkloadRunsAndItsOutputAndExitStatusAreKept() throws Exception {
    Workload workload = start("echo out; echo err >&2; exit 3");

    assertThat(workload.ended().get(30, TimeUnit.SECONDS)).isEqualTo(new WorkloadStatus.Exited(3));
    assertThat(logs(workload, LogSink.Stream.STDOUT)).isEqualTo("out\n");
    assertThat(logs(workload, LogSink.Stream.STDERR)).isEqualTo("err\n");
  }

  @Test
  void startingAgainFindsTheOneThatRuns() throws Exception {
    Workload first = start("sleep 60");

    assertThat(start("sleep 60").handle()).isEqualTo(first.handle());
  }

  @Test
  void anotherNodeOnTheSamePlaceFindsItRunning() throws Exception {
    start("echo before; sleep 60");
    try (WorkloadRuntime again = open(folder, (_, _) -> true)) {
      Workload found =
          again.find().stream().filter(w -> w.leaseId().equals(leaseId)).findFirst().orElseThrow();

      assertThat(found.status()).isEqualTo(new WorkloadStatus.Running());
      assertThat(found.gpus().getFirst().getEpoch()).isEqualTo(7);
      found.stop(Duration.ZERO);
      assertThat(found.ended().get(30, TimeUnit.SECONDS)).isInstanceOf(WorkloadStatus.Exited.class);
    }
  }

  @Test
  void aPausedWorkloadStandsStillAndGoesOn() throws Exception {
    Workload workload = start("while true; do echo tick; sleep 0.02; done");
    workload.pause();
    assertThat(workload.status()).isEqualTo(new WorkloadStatus.Paused());
    String before = logs(workload, LogSink.Stream.STDOUT);
    String after = logs(workload, LogSink.Stream.STDOUT);
    assertThat(after).isEqualTo(before);

    workload.resume();

    assertThat(workload.status()).isEqualTo(new WorkloadStatus.Running());
    assertThat(follow(workload, before.length() + 10)).hasSizeGreaterThan(before.length());
  }

  @Test
  void aWorkloadThatIgnoresTheRequestIsEndedAfterTheGrace() throws Exception {
    Workload workload = start("trap '' TERM; while true; do sleep 0.1; done");

    workload.stop(Duration.ofSeconds(1));

    assertThat(workload.ended().get(30, TimeUnit.SECONDS))
        .isNotInstanceOf(WorkloadStatus.Running.class);
    assertThat(workload.status()).isNotInstanceOf(WorkloadStatus.Running.class);
  }

  @Test
  void whatWasPromisedAnewIsNotStarted() throws Exception {
    try (WorkloadRuntime fenced = open(folder, (_, epoch) -> epoch > 7)) {
      assertThatThrownBy(() -> fenced.start(order("sleep 60"), _ -> {}))
          .isInstanceOf(WorkloadException.class)
          .hasMessageContaining("promised anew");
      assertThat(fenced.find()).isEmpty();
    }
  }

  @Test
  void theLastLinesAloneAreShownWhenAskedFor() throws Exception {
    Workload workload = start("seq 1 100");
    workload.ended().get(30, TimeUnit.SECONDS);
    ByteArrayOutputStream tail = new ByteArrayOutputStream();

    workload.streamLogs(false, 2, (_, piece) -> write(tail, piece));

    assertThat(tail.toString(StandardCharsets.UTF_8)).isEqualTo("99\n100\n");
  }

  @Test
  void followingShowsWhatComesAndEndsWithTheWorkload() throws Exception {
    Workload workload = start("for i in 1 2 3; do echo $i; sleep 0.1; done");
    ByteArrayOutputStream all = new ByteArrayOutputStream();

    workload.streamLogs(true, 0, (_, piece) -> write(all, piece));

    assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("1\n2\n3\n");
  }

  @Test
  void theEnvironmentIsTheSpecsAndNotTheNodes() throws Exception {
    Workload workload =
        start(
            spec().putEnvironment("GREETING", "hello world"),
            "echo \"$GREETING $HOSTNAME_OF_NODE\"");
    workload.ended().get(30, TimeUnit.SECONDS);

    assertThat(logs(workload, LogSink.Stream.STDOUT)).isEqualTo("hello world \n");
  }

  Workload start(String script) throws WorkloadException {
    return start(spec(), script);
  }

  Workload start(WorkloadSpec.Builder spec, String script) throws WorkloadException {
    Workload workload = runtime.start(order(spec, script), _ -> {});
    begun.add(workload);
    return workload;
  }

  WorkloadOrder order(String script) {
    return order(spec(), script);
  }

  WorkloadOrder order(WorkloadSpec.Builder spec, String script) {
    WorkloadSpec whole =
        spec.clearCommand().addCommand("sh").addCommand("-c").addCommand(script).build();
    WorkloadSpecs.check(whole);
    Gpu gpu = new Gpu(0, "SIM-test-0", GpuCatalog.standard().model("rtx4090").orElseThrow(), true);
    return new WorkloadOrder(leaseId, whole, List.of(new GrantedGpu(gpu, 7)));
  }

  static String logs(Workload workload, LogSink.Stream wanted) throws WorkloadException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    workload.streamLogs(false, 0, (stream, piece) -> stream != wanted || write(text, piece));
    return text.toString(StandardCharsets.UTF_8);
  }

  private static String follow(Workload workload, int length) throws WorkloadException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    workload.streamLogs(true, 0, (_, piece) -> write(text, piece) && text.size() < length);
    return text.toString(StandardCharsets.UTF_8);
  }

  private static boolean write(ByteArrayOutputStream to, byte[] piece) {
    to.writeBytes(piece);
    return true;
  }
}
