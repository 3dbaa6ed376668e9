package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.gpumarket.node.peer.HostPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one machine, told no more than the README tells. */
class TypedAddressTest {
  private static final String SHORT_RUN =
      """
      name: hello
      workloads:
        main:
          runtime: process
          command: [sh, -c, 'echo hello']
          accept-simulated: true
          duration: 5m
      """;

  @TempDir Path folder;

  @Test
  void aRigThatListensEverywhereIsFoundByItsLoopbackAddress() throws Exception {
    try (Program rig = new Program(folder.resolve("rig"));
        Program laptop = new Program(folder.resolve("laptop"))) {
      rig.up(
          "--listen",
          "0.0.0.0:0",
          "--region",
          "eu-de",
          "--simulate-gpus",
          "2xrtx4090",
          "--allow-process-runtime",
          "true");
      String typed = "127.0.0.1:" + HostPort.parse(rig.address()).port();
      try {
        Program.Result deployed =
            laptop.run(
                "deploy",
                laptop.file("hello.yaml", SHORT_RUN).toString(),
                "--bootstrap",
                typed,
                "--wait",
                "1m");

        assertThat(deployed.status()).as(deployed.out() + deployed.err()).isZero();
      } finally {
        laptop.run("down");
      }
    }
  }
}
