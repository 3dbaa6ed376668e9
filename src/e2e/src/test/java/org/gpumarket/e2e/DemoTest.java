package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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
}
