package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.WorkloadSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessRuntimeTest extends WorkloadContract {
  @Override
  WorkloadRuntime open(Path folder, GpuFence fence) throws Exception {
    return new ProcessRuntime(folder.resolve("workloads"), fence);
  }

  @Override
  WorkloadSpec.Builder spec() {
    return WorkloadSpec.newBuilder().setName("t/main").setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS);
  }

  @Test
  void othersCannotLookIntoAWorkload() throws Exception {
    start("sleep 60");

    for (Path path : List.of(own().getParent(), own(), own().resolve("work"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void nothingRunsThatCannotBeWrittenDown() throws Exception {
    Files.createDirectories(own().resolve("state.new"));

    assertThatThrownBy(() -> runtime.start(order("sleep 60"), _ -> {}))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("cannot be started");
    for (ProcessHandle left : processesOf(own())) {
      left.onExit().get(10, TimeUnit.SECONDS);
    }
    assertThat(own().resolve("stdout")).doesNotExist();
  }

  @Test
  void aNodeThatDiesBeforeItHasWrittenTheStateLeavesNothingRunning() throws Exception {
    Files.createDirectories(own());
    Path wrapper = Files.writeString(own().resolve("run.sh"), ProcessWorkload.WRAPPER);
    Process process =
        new ProcessBuilder("/bin/sh", wrapper.toString(), own().toString(), "echo", "ran").start();
    process.getOutputStream().close();

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(own().resolve("stdout")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aProcessIsKnownByItsStartSinceTheBootWhateverItsProgramIsCalled() throws Exception {
    Path odd = Files.copy(Path.of("/bin/sleep"), folder.resolve("a) R 1 (b c"));
    Process process = new ProcessBuilder(odd.toString(), "60").start();
    try {
      String start = ProcessStart.of(process.pid()).orElseThrow();
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      long ticks = Long.parseLong(start.substring((boot + ":").length()));
      long upTicks =
          (long)
              (Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0])
                  * 100);

      assertThat(start).startsWith(boot + ":");
      assertThat(upTicks - ticks).isBetween(-100L, 6_000L);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDaemonThatLeftTheSessionEndsWithItsWorkload() throws Exception {
    Workload workload =
        start("setsid sh -c 'echo $$ >daemon.new; mv daemon.new daemon; exec sleep 60' & sleep 60");
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(awaitLine("daemon"))).orElseThrow();

    workload.stop(Duration.ZERO);

    daemon.onExit().get(10, TimeUnit.SECONDS);
    assertThat(daemon.isAlive()).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDaemonThatOutlivesItsWorkloadIsEnded() throws Exception {
    Workload workload =
        start(
            "setsid sh -c 'echo $$ >daemon.new; mv daemon.new daemon; exec sleep 60' &"
                + " until [ -e daemon ]; do sleep 0.01; done");
    workload.ended().get(30, TimeUnit.SECONDS);

    Optional<ProcessHandle> daemon = ProcessHandle.of(Long.parseLong(awaitLine("daemon")));
    if (daemon.isPresent()) {
      daemon.get().onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void foldersThatCannotBeOpenedOrNamedAreRemoved() throws Exception {
    Workload workload =
        start(
            "mkdir shut; : >shut/file; chmod 0 shut;"
                + " n=$(printf 'x%.0s' $(seq 1 200)); for i in $(seq 1 40); do mkdir $n; cd $n; done");
    workload.ended().get(30, TimeUnit.SECONDS);

    workload.remove();

    assertThat(own()).doesNotExist();
  }

  @Test
  void aWorkloadThatHasEndedIsNotPaused() throws Exception {
    Workload workload = start("true");
    workload.ended().get(30, TimeUnit.SECONDS);

    assertThatThrownBy(workload::pause)
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("has ended");
  }

  @Test
  void aStateThatIsDamagedHidesNoOtherWorkload() throws Exception {
    start("sleep 60");
    String other = Base32.randomId(new SecureRandom());
    Path damaged = Files.createDirectories(folder.resolve("workloads").resolve(other));
    Files.writeString(damaged.resolve("state"), "");

    try (WorkloadRuntime again = open(folder, (_, _) -> true)) {
      assertThat(again.find())
          .extracting(Workload::leaseId)
          .containsExactlyInAnyOrder(leaseId, other);
      Workload gone =
          again.find().stream().filter(w -> w.leaseId().equals(other)).findFirst().orElseThrow();
      assertThat(gone.status()).isInstanceOf(WorkloadStatus.Gone.class);
      gone.stop(Duration.ZERO);
      gone.remove();
      assertThat(damaged).doesNotExist();
    }
  }

  private String awaitLine(String file) throws Exception {
    Path path = own().resolve("work").resolve(file);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(path) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    return Files.readString(path).strip();
  }

  private Path own() {
    return folder.resolve("workloads").resolve(leaseId);
  }

  /** The wrapper's arguments name the workload's folder. */
  private static List<ProcessHandle> processesOf(Path own) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(own.toString()))
        .toList();
  }
}
