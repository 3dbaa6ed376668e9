package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.node.runtime.PodmanEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real containers, and what happens when their engine or their rig's disk gives up. */
class ContainerTest {
  private static final String LONG_RUN =
      """
      name: work
      workloads:
        main:
          image: %s
          command: [sh, -c, 'echo from a container; sleep 600']
          memory: 64MiB
          accept-simulated: true
      """
          .formatted(PodmanEngine.IMAGE);

  @TempDir Path folder;
  private PodmanEngine engine;
  private Program rig;
  private String rigId = "";
  private Program laptop;

  @BeforeEach
  void start() throws Exception {
    engine = PodmanEngine.start(Files.createDirectories(folder.resolve("engine")));
    rig = new Program(folder.resolve("rig"));
    laptop = new Program(folder.resolve("laptop"));
    rig.up(rigFlags());
    rigId = rig.nodeId();
    laptop.up("--listen", "127.0.0.1:0", "--sell", "false", "--bootstrap", rig.address());
    laptop.awaitOutput("container", "offers", "--simulated");
  }

  @AfterEach
  void end() throws Exception {
    if (laptop != null) {
      laptop.close();
    }
    if (rig != null) {
      rig.close();
    }
    if (engine != null) {
      engine.close();
    }
    for (String container : containers()) {
      podman("rm", "-f", container);
    }
  }

  @Test
  void aContainerRunsUnderALeaseAndIsGoneAfterwards() throws Exception {
    deploy();

    laptop.awaitOutput("from a container", "logs", "work");
    assertThat(containers()).hasSize(1);
    assertThat(laptop.run("stop", "work").out()).contains("is closed (consumer)");

    assertThat(rig.terminate()).isLessThan(10_000);
    assertThat(containers()).isEmpty();
    assertThat(rig.run("ledger", "verify").status()).isZero();
    assertThat(laptop.run("ledger", "verify").status()).isZero();
  }

  @Test
  void whenTheEngineIsGoneNothingMoreIsBilledAndTheLeaseEnds() throws Exception {
    deploy();
    laptop.awaitOutput("from a container", "logs", "work");

    engine.close();

    theLeaseFailsAndTheBooksHold();
  }

  @Test
  void whenTheEngineHangsNothingMoreIsBilledAndTheLeaseEnds() throws Exception {
    deploy();
    laptop.awaitOutput("from a container", "logs", "work");

    engine.freeze();
    try {
      theLeaseFailsAndTheBooksHold();
      assertThat(rig.logText())
          .contains("the container engine does not answer: no answer within 5000 ms; not billed");
    } finally {
      engine.thaw();
    }
  }

  private void theLeaseFailsAndTheBooksHold() throws Exception {
    rig.awaitOutput("workload failed", "ps", "--all");
    laptop.awaitOutput("closed (workload failed)", "ps", "--all");
    assertThat(rig.run("ledger", "verify").status()).isZero();
    assertThat(laptop.run("ledger", "verify").status()).isZero();
  }

  private String[] rigFlags() {
    return new String[] {
      "--listen",
      "127.0.0.1:0",
      "--region",
      "eu-de",
      "--simulate-gpus",
      "rtx4090",
      "--container-socket",
      engine.socket().toString(),
      "--settlement-interval",
      "500ms",
      "--voucher-grace",
      "3s"
    };
  }

  private void deploy() throws Exception {
    Program.Result deployed = laptop.run("deploy", laptop.file("work.yaml", LONG_RUN).toString());
    assertThat(deployed.status()).as(deployed.out() + deployed.err()).isZero();
  }

  /** Containers of this test's rig. */
  private List<String> containers() throws Exception {
    return podman("ps", "-aq", "--filter", "label=org.gpumarket.node=" + rigId).lines().toList();
  }

  private static String podman(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("podman", "--runtime", "runc"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }
}
