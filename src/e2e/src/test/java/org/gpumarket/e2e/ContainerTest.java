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
  private RigAndLaptop market;
  private Program rig;
  private String rigId = "";
  private Program laptop;

  @BeforeEach
  void start() throws Exception {
    engine = PodmanEngine.start(Files.createDirectories(folder.resolve("engine")));
    market =
        RigAndLaptop.start(
            folder.resolve("rig"),
            folder.resolve("laptop"),
            "--simulate-gpus",
            "rtx4090",
            "--container-socket",
            engine.socket().toString(),
            "--voucher-grace",
            "3s");
    rig = market.rig();
    laptop = market.laptop();
    rigId = rig.nodeId();
  }

  @AfterEach
  void end() throws Exception {
    if (market != null) {
      market.close();
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
    market.deploy(LONG_RUN);
    laptop.awaitOutput("from a container", "logs", "work");
    assertThat(containers()).hasSize(1);
    assertThat(laptop.run("stop", "work").out()).contains("is closed (consumer)");

    assertThat(rig.terminate()).isLessThan(10_000);
    assertThat(containers()).isEmpty();
    market.bothLedgersHold();
  }

  @Test
  void whenTheEngineIsGoneNothingMoreIsBilledAndTheLeaseEnds() throws Exception {
    market.deploy(LONG_RUN);
    laptop.awaitOutput("from a container", "logs", "work");

    engine.close();

    theLeaseFailsAndTheBooksHold();
  }

  @Test
  void whenTheEngineHangsNothingMoreIsBilledAndTheLeaseEnds() throws Exception {
    market.deploy(LONG_RUN);
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
    market.bothLedgersHold();
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
