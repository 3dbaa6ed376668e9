package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.Money;
import org.junit.jupiter.api.Test;

class PsCommandTest {
  @Test
  void whatIsCountedUpToNowIsMarked() {
    LeaseView reported =
        LeaseView.newBuilder()
            .setGpuCount(2)
            .setStatus(LeaseStatus.newBuilder().setRunMs(30_000))
            .setGpuMillis(60_000)
            .setOwed(usd(5_000))
            .build();
    LeaseView running =
        reported.toBuilder().setEstimatedGpuMillis(84_000).setEstimatedOwed(usd(7_000)).build();

    assertThat(PsCommand.ran(reported)).isEqualTo("30s");
    assertThat(PsCommand.owed(reported)).isEqualTo("0.005000 USD");
    assertThat(PsCommand.ran(running)).isEqualTo("~42s");
    assertThat(PsCommand.owed(running)).isEqualTo("~0.007000 USD");
  }

  private static Money usd(long micros) {
    return Money.newBuilder().setCurrencyCode("USD").setAmountMicros(micros).build();
  }
}
