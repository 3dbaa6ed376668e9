package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rig whose disk fills up: a small file system in memory, filled for real. */
class FullDiskTest {
  private static final String SHORT_RUN =
      """
      name: work
      workloads:
        main:
          runtime: process
          command: [sh, -c, 'sleep 600']
          accept-simulated: true
      """;

  @TempDir Path folder;
  private Path disk;
  private boolean mounted;
  private RigAndLaptop market;
  private Program rig;
  private Program laptop;

  @BeforeEach
  void start() throws Exception {
    disk = Files.createDirectories(folder.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString()) == 0;
    // Without the mount the test would fill the machine's own disk.
    if (!mounted) {
      assertThat(System.getenv("GPUMARKET_REQUIRE_ALL_TESTS")).as("no tmpfs is mounted").isNull();
      Assumptions.abort("needs the right to mount a tmpfs");
    }
    market =
        RigAndLaptop.start(
            disk.resolve("rig"),
            folder.resolve("laptop"),
            "--simulate-gpus",
            "2xrtx4090",
            "--allow-process-runtime",
            "true",
            "--disk",
            "1GiB");
    rig = market.rig();
    laptop = market.laptop();
  }

  @AfterEach
  void end() throws Exception {
    if (market != null) {
      market.close();
    }
    if (mounted) {
      run("umount", disk.toString());
    }
  }

  @Test
  void newLeasesAreRefusedWithTheReasonAndNothingAcknowledgedIsLost() throws Exception {
    Path file = laptop.file("work.yaml", SHORT_RUN);
    assertThat(laptop.run("deploy", file.toString()).status()).isZero();
    Program.await("earnings", () -> output(rig, "earnings").contains("earned from"));
    fill();

    rig.awaitOutput("Refuses  new leases: the disk under", "status");
    Program.Result refused = laptop.run("deploy", file.toString(), "--wait", "0s");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).contains("the disk under").contains("is full");
    assertThat(rig.run("ledger", "verify").out()).contains("The ledger holds");

    Files.delete(disk.resolve("filler"));

    Program.await("space is noticed", () -> !output(rig, "status").contains("Refuses"));
    assertThat(laptop.run("stop", "work").out()).contains("is closed (consumer)");
    assertThat(laptop.run("deploy", file.toString()).status()).isZero();
    assertThat(laptop.run("stop", "work").status()).isZero();
    market.bothLedgersHold();
  }

  private void fill() throws IOException {
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static String output(Program program, String command) {
    try {
      return program.run(command).out();
    } catch (IOException e) {
      return "Refuses";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    return process.waitFor();
  }
}
