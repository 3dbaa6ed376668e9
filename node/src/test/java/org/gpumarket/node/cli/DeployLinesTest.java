package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.MatchFailed;
import org.gpumarket.v1.MatchRefused;
import org.junit.jupiter.api.Test;

class DeployLinesTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void onATerminalTheProgressOfAStartIsOneLineThatIsWrittenOver() throws Exception {
    tellAStart(new DeployLines(out, true));

    assertThat(printed())
        .isEqualTo(
            """
            \r\u001b[Klooking for offers that fit\
            \r\u001b[Kmain: lease l is starting
            \r\u001b[Kmain: lease l is starting: 1 of 9 MiB\
            \r\u001b[Kmain: lease l is starting: 9 of 9 MiB\
            \r\u001b[Kmain: lease l is running
            """);
  }

  @Test
  void elsewhereTheProgressOfAStartIsToldOnce() throws Exception {
    tellAStart(new DeployLines(out, false));

    assertThat(printed())
        .isEqualTo(
            """
            main: lease l is starting
            main: lease l is starting: 1 of 9 MiB
            main: lease l is running
            """);
  }

  @Test
  void aLineThatIsWrittenOverIsNotLongerThanATerminalIsWide() throws Exception {
    new DeployLines(out, true).show(moved(LeaseState.LEASE_STATE_STARTING, "x".repeat(512)));

    assertThat(printed().replace("\r\u001b[K", "")).hasSize(79);
  }

  @Test
  void whatAPeerSaysCannotMoveTheCursorNorHideText() throws Exception {
    String evil = "\u001b[2J\r\n\u009b2J\u0007\u202e\u2066 done";
    for (boolean terminal : new boolean[] {true, false}) {
      DeployLines lines = new DeployLines(out, terminal);
      lines.show(step().setMatchRefused(MatchRefused.newBuilder().setExplanation(evil)).build());
      lines.show(
          step()
              .setMatchFailed(MatchFailed.newBuilder().setProvider(evil).setProblem(evil))
              .build());
      lines.show(moved(LeaseState.LEASE_STATE_RUNNING, evil));
    }

    assertThat(printed().lines()).hasSize(6).allMatch(line -> line.endsWith("??? done"));
    assertThat(printed()).matches("(?s)[\\x20-\\x7e\n]*");
  }

  private static void tellAStart(DeployLines lines) throws Exception {
    lines.begin();
    lines.show(moved(LeaseState.LEASE_STATE_STARTING, ""));
    lines.show(moved(LeaseState.LEASE_STATE_STARTING, "1 of 9 MiB"));
    lines.show(moved(LeaseState.LEASE_STATE_STARTING, "9 of 9 MiB"));
    lines.show(moved(LeaseState.LEASE_STATE_RUNNING, ""));
  }

  private static DeployResponse moved(LeaseState state, String detail) {
    return step()
        .setLease(
            LeaseView.newBuilder()
                .setLeaseId("l")
                .setStatus(LeaseStatus.newBuilder().setState(state).setDetail(detail)))
        .build();
  }

  private static DeployResponse.Builder step() {
    return DeployResponse.newBuilder().setWorkload("main");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
