package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceImplBase;
import org.gpumarket.v1.VerifyLedgerProgress;
import org.gpumarket.v1.VerifyLedgerReport;
import org.gpumarket.v1.VerifyLedgerRequest;
import org.gpumarket.v1.VerifyLedgerResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCheckTest {
  @TempDir Path folder;

  @Test
  void theSecondCheckSaysWhatTheFirstHasSpared() throws Exception {
    try (Ledger ledger =
        Ledger.open(folder, SigningKey.generate(new SecureRandom()), InstantSource.system())) {
      VerifyLedgerReport first = LedgerCheck.run(ledger::verify, VerifyScope.SINCE_LAST, _ -> {});
      VerifyLedgerReport second = LedgerCheck.run(ledger::verify, VerifyScope.SINCE_LAST, _ -> {});

      assertThat(first.getProblem()).isEmpty();
      assertThat(first.getProblemIndex()).isEqualTo(-1);
      assertThat(first.getVerifiedBeforeCount()).isZero();
      assertThat(second.getVerifiedBeforeCount()).isEqualTo(1);
      assertThat(second.getCheckpoint()).isEqualTo(ledger.checkpoint());
    }
  }

  @Test
  void progressOfARunningNodeComesBeforeItsReport() throws Exception {
    List<Long> heard = new ArrayList<>();
    try (LocalApiServer _ = LocalApiServer.start(folder, new TwoSteps());
        LocalApi api = LocalApi.connect(folder)) {
      VerifyLedgerReport report =
          LedgerCheck.ask(api, VerifyScope.FULL, step -> heard.add(step.getVerifiedCount()));

      assertThat(heard).containsExactly(256L);
      assertThat(report.getEntryCount()).isEqualTo(300);
      assertThatThrownBy(() -> LedgerCheck.ask(api, VerifyScope.SINCE_LAST, _ -> {}))
          .isInstanceOf(LedgerException.class)
          .hasMessage("the node ended without a report");
    }
  }

  /** Reports a full check and forgets to report another. */
  private static final class TwoSteps extends LocalServiceImplBase {
    @Override
    public void verifyLedger(
        VerifyLedgerRequest request, StreamObserver<VerifyLedgerResponse> responses) {
      responses.onNext(
          VerifyLedgerResponse.newBuilder()
              .setProgress(VerifyLedgerProgress.newBuilder().setVerifiedCount(256))
              .build());
      if (request.getFull()) {
        responses.onNext(
            VerifyLedgerResponse.newBuilder()
                .setReport(VerifyLedgerReport.newBuilder().setEntryCount(300))
                .build());
      }
      responses.onCompleted();
    }
  }
}
