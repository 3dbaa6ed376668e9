package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rig and one laptop as processes, with plain processes as workloads. */
class MarketTest {
  private static final String LONG_RUN =
      """
      name: work
      workloads:
        main:
          runtime: process
          command: [sh, -c, 'echo begun; sleep 600']
          accept-simulated: true
          duration: 1h
      """;

  private static final String[] RIG = {
    "--simulate-gpus", "rtx4090", "--allow-process-runtime", "true", "--voucher-grace", "20s"
  };

  @TempDir Path folder;
  private RigAndLaptop market;
  private Program rig;
  private Program laptop;

  @BeforeEach
  void start() throws Exception {
    market = RigAndLaptop.start(folder.resolve("rig"), folder.resolve("laptop"), RIG);
    rig = market.rig();
    laptop = market.laptop();
    market.pinRig(RIG);
  }

  @AfterEach
  void end() {
    if (market != null) {
      market.close();
    }
  }

  @Test
  void aProviderThatWasKilledFindsItsWorkloadAndTheLeaseGoesOn() throws Exception {
    deployAndPay();

    rig.kill();
    rig.upAgain();

    rig.awaitOutput("running", "ps");
    String before = laptop.run("ps").out();
    Program.await("usage goes on", () -> !output(laptop, "ps").equals(before));
    settleAndCheck();
  }

  @Test
  void aConsumerThatWasKilledGoesOnPaying() throws Exception {
    deployAndPay();

    laptop.kill();
    laptop.upAgain();

    laptop.awaitOutput("running", "ps");
    String before = rig.run("ps").out();
    Program.await("vouchers come", () -> !output(rig, "ps").equals(before));
    settleAndCheck();
  }

  @Test
  void aProviderToldToEndClosesItsLeasesWithinTenSeconds() throws Exception {
    deployAndPay();

    assertThat(rig.terminate()).isLessThan(10_000);

    assertThat(rig.alive()).isFalse();
    laptop.awaitOutput("closed (provider)", "ps", "--all");
    assertThat(
            ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(rig.home().toString())))
        .isEmpty();
    market.bothLedgersHold();
    assertThat(rig.run("earnings").out()).contains("earned from");
    assertThat(rig.run("payouts").out()).contains("not yet paid to you");
  }

  @Test
  void aSecondNodeOnTheSameHomeIsRefusedInASentence() throws Exception {
    Program.Result second = rig.run("up", "--listen", "127.0.0.1:0");

    assertThat(second.status()).isEqualTo(1);
    assertThat(second.err())
        .contains("a node runs in " + rig.home() + " already")
        .doesNotContain("\tat ");
  }

  @Test
  void aPortInUseIsSaidInASentence() throws Exception {
    try (Program other = new Program(folder.resolve("other"))) {
      Program.Result taken = other.run("up", "--listen", rig.address());

      assertThat(taken.status()).isEqualTo(1);
      assertThat(taken.err())
          .contains("cannot listen on")
          .contains("in use")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void whatNobodyOffersIsRefusedWithTheReason() throws Exception {
    Path file =
        laptop.file("dear.yaml", LONG_RUN.replace("accept-", "max-price: 0.01 USD\n    accept-"));

    Program.Result refused = laptop.run("deploy", file.toString(), "--wait", "0s");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).contains("gets no lease. 1 offer: 1 dearer than 0.01 USD");
  }

  /** Until money has moved on both sides. */
  private void deployAndPay() throws Exception {
    market.deploy(LONG_RUN);
    laptop.awaitOutput("running", "ps");
    Program.await("a voucher", () -> output(rig, "earnings").contains("earned from"));
  }

  private void settleAndCheck() throws Exception {
    Program.Result stopped = laptop.run("stop", "work");
    assertThat(stopped.out()).contains("is closed (consumer)");
    String spent = amount(laptop.run("earnings").out(), " spent with");
    assertThat(amount(rig.run("earnings").out(), " earned from")).isEqualTo(spent);
    market.bothLedgersHold();
  }

  private static String amount(String earnings, String before) {
    return earnings
        .lines()
        .filter(line -> line.contains(before))
        .map(line -> line.substring(0, line.indexOf(before)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(earnings));
  }

  private static String output(Program program, String... arguments) {
    try {
      return program.run(arguments).out();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
