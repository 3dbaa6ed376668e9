package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @Test
  void theDemoRunsAWholeMarketAndEndsInAgreement() throws Exception {
    Program.Result demo = Program.execute(List.of("demo"));

    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    assertThat(demo.out())
        .contains("is the cheapest of 2 that fit")
        .contains("hello from the rig")
        .contains("is closed (consumer)")
        .contains("is confirmed");
    assertThat(demo.out().strip())
        .endsWith("Both ledgers verified and agree to the micro-unit. Nothing is left running.");
    assertThat(
            ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("gpumarket-demo")))
        .isEmpty();
  }

  @Test
  void aDemoThatIsKilledLeavesNoNodeRunning(@TempDir Path folder) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Program.command(List.of("demo")))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("demo.out").toFile());
    // Nobody is left to remove the demo's folder: it goes with the test's.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + folder);
    Process demo = builder.start();
    Program.await("the demo has started its nodes", () -> demo.descendants().count() >= 3);
    List<ProcessHandle> nodes = demo.descendants().toList();

    demo.destroyForcibly();

    Program.await("its nodes have ended", () -> nodes.stream().noneMatch(ProcessHandle::isAlive));
  }
}
