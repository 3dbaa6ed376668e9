package org.gpumarket.node.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GpuTimeMeterTest {
  private long nanos;

  @Test
  void aStartedMillisecondCountsOnEveryCard() {
    GpuTimeMeter meter = new GpuTimeMeter(2, 0, () -> nanos);
    meter.start();
    nanos = 1_000_001;

    assertThat(meter.runMillis()).isEqualTo(2);
    assertThat(meter.gpuMillis()).isEqualTo(4);
  }

  @Test
  void whatWasCountedBeforeGoesOnAndTheGapIsNotCounted() {
    nanos = 500_000_000;
    GpuTimeMeter meter = new GpuTimeMeter(3, 900, () -> nanos);
    assertThat(meter.gpuMillis()).isEqualTo(900);
    nanos = 600_000_000;
    meter.start();
    nanos = 601_000_000;

    assertThat(meter.gpuMillis()).isEqualTo(903);
  }

  @Property(tries = 200)
  void onlyTimeBetweenStartAndStopCounts(
      @ForAll @Size(max = 20) List<@LongRange(min = 0, max = 5_000_000_000L) Long> spans,
      @ForAll @IntRange(min = 1, max = 8) int gpus) {
    nanos = 0;
    GpuTimeMeter meter = new GpuTimeMeter(gpus, 0, () -> nanos);
    long running = 0;
    boolean on = false;
    for (long span : spans) {
      on = !on;
      if (on) {
        meter.start();
        running += span;
      } else {
        meter.stop();
      }
      nanos += span;
    }

    assertThat(meter.gpuMillis()).isEqualTo(Math.ceilDiv(running, 1_000_000L) * gpus);
  }
}
