package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.gpumarket.node.runtime.WorkloadStatus;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Either side killed without warning in each state, and what goes on afterwards. */
class LeaseRestartTest {
  @TempDir Path folder;
  private LeaseWorld world;
  private ProviderSide provider;
  private ConsumerSide consumer;

  @BeforeEach
  void open() throws Exception {
    world = new LeaseWorld(folder);
    provider = world.provider(PRICE, 1);
    consumer = world.consumer(provider);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aProviderKilledWhileHoldingAQuoteForgetsTheHoldButNotTheEpoch() throws Exception {
    String gpu = provider.terms().gpuUuids().getFirst();
    var _ = provider.holds.take("a".repeat(26), provider.terms().gpuUuids(), 1);

    world.killProvider(provider);

    assertThat(provider.holds.free(provider.terms().gpuUuids())).isEqualTo(1);
    assertThat(provider.holds.newest(gpu, 1)).isTrue();
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    assertThat(provider.runtime.only().gpus().getFirst().getEpoch()).isEqualTo(2);
  }

  @Test
  void aProviderKilledWhenAgreedIsStartedByTheConsumerAfterwards() throws Exception {
    consumer.network.losesAgreeAnswers = 1;
    consumer.network.down = false;
    var _ = consumer.leases.deploy(consumer.order(1, Duration.ofMinutes(1)), consumer.steps::add);
    world.time.runAll();
    assertThat(state(provider)).isNotEqualTo(LeaseState.LEASE_STATE_CLOSED);

    world.killProvider(provider);
    world.run(Duration.ofSeconds(2));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.runtime.running()).isEqualTo(1);
  }

  @Test
  void aProviderKilledWhileStartingStartsTheWorkloadOnce() throws Exception {
    var _ = consumer.leases.deploy(consumer.order(1, Duration.ofMinutes(1)), consumer.steps::add);
    stepUntil(LeaseState.LEASE_STATE_STARTING);

    world.killProvider(provider);
    world.run(Duration.ofSeconds(2));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.runtime.starts).isEqualTo(1);
  }

  @Test
  void aProviderKilledWhileRunningFindsTheWorkloadAndBillsNoTimeThatItDidNotMeasure()
      throws Exception {
    running(Duration.ofSeconds(10));
    long told = provider.leases.views(true).getLast().getGpuMillis();

    world.sleep(Duration.ofSeconds(100));
    world.killProvider(provider);
    world.run(Duration.ofSeconds(20));

    assertThat(provider.runtime.starts).isEqualTo(1);
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    closeAndSettle();
    assertThat(consumer.lease().getGpuMillis()).isBetween(told + 19_000, told + 21_500);
  }

  @Test
  void aWorkloadThatEndedWhileTheProviderWasAwayClosesTheLeaseWithItsExitStatus() throws Exception {
    running(Duration.ofSeconds(5));
    provider.runtime.only().exit(3);
    world.killProvider(provider);
    world.run(Duration.ofSeconds(2));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_COMPLETED);
    assertThat(consumer.lease().getStatus().getExitCode()).isEqualTo(3);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aWorkloadThatIsGoneAfterTheProvidersRestartClosesTheLeaseAsFailed() throws Exception {
    running(Duration.ofSeconds(5));
    provider.runtime.workloads.clear();
    world.killProvider(provider);
    world.run(Duration.ofSeconds(2));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_WORKLOAD_FAILED);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aProviderKilledWhileSuspendedPausesAgainAndResumesForAVoucher() throws Exception {
    running(Duration.ofSeconds(5));
    consumer.network.losesVouchers = true;
    world.run(Duration.ofSeconds(22));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_SUSPENDED);

    world.killProvider(provider);
    assertThat(provider.runtime.running()).isZero();
    consumer.network.losesVouchers = false;
    world.run(Duration.ofSeconds(3));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.runtime.running()).isEqualTo(1);
    closeAndSettle();
  }

  @Test
  void aProviderKilledWhileClosingFinishesAndIsStillPaid() throws Exception {
    running(Duration.ofSeconds(15));
    consumer.network.losesVouchers = true;
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.time.runAll();
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSING);

    world.killProvider(provider);
    consumer.network.losesVouchers = false;
    world.run(Duration.ofSeconds(3));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.lease().getOwed()).isEqualTo(consumer.lease().getVouchered());
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aVoucherThatComesAfterTheProviderClosedStillCounts() throws Exception {
    running(Duration.ofSeconds(15));
    consumer.network.losesVouchers = true;
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.run(Duration.ofSeconds(10));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);

    world.killProvider(provider);
    consumer.network.losesVouchers = false;
    world.run(Duration.ofSeconds(3));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aWorkloadOfNoOpenLeaseIsStoppedWhenTheProviderStarts() throws Exception {
    running(Duration.ofSeconds(5));
    var orphan = provider.runtime.only();
    closeAndSettle();
    orphan.status = new WorkloadStatus.Running();
    provider.runtime.workloads.put(orphan.leaseId(), orphan);

    world.killProvider(provider);

    assertThat(provider.runtime.workloads).isEmpty();
  }

  @Test
  void aConsumerKilledBeforeItKnewOfTheAgreementAsksAgainAndGoesOn() throws Exception {
    consumer.network.losesAgreeAnswers = 1;
    DeployOrder order = consumer.order(1, Duration.ofMinutes(1));
    var _ = consumer.leases.deploy(order, consumer.steps::add);
    world.time.runAll();
    consumer.restart();
    world.run(Duration.ofSeconds(1));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.leases.views(true)).hasSize(1);
  }

  @Test
  void aConsumerKilledWhileRunningComesBackAndVouchersWhatWasUsedMeanwhile() throws Exception {
    running(Duration.ofSeconds(12));
    consumer.restart();
    world.run(Duration.ofSeconds(12));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getVouchered()).isEqualTo(consumer.lease().getOwed());
    closeAndSettle();
  }

  @Test
  void aConsumerKilledWhileClosingStillClosesAndPays() throws Exception {
    running(Duration.ofSeconds(12));
    consumer.network.down = true;
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.time.runAll();
    consumer.restart();
    consumer.network.down = false;
    world.run(Duration.ofSeconds(2));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(provider.runtime.running()).isZero();
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aConsumerThatIsGoneLeavesALeaseThatEndsUnpaidAtItsCredit() throws Exception {
    running(Duration.ofSeconds(3));
    consumer.network.down = true;
    world.run(Duration.ofSeconds(60));

    assertThat(provider.leases.views(true).getLast().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_UNPAID);
    assertThat(provider.runtime.running()).isZero();
    // Credit of one interval, told late by another, and the grace time: 10 s + 10 s + 5 s.
    assertThat(provider.leases.views(true).getLast().getGpuMillis()).isLessThan(26_000);
  }

  @Test
  void aProviderThatIsGoneForGoodLeavesALeaseThatTheConsumerEndsByItself() throws Exception {
    running(Duration.ofSeconds(12));
    consumer.network.down = true;
    consumer.network.breakStreams();
    world.run(Duration.ofSeconds(80));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.lease().getStatus().getDetail())
        .isEqualTo("the provider could not be reached for longer than the lease lasts");
  }

  @Test
  void anEngineThatIsGoneStopsTheBillAtOnceAndTheLeaseAfterTheGraceTime() throws Exception {
    running(Duration.ofSeconds(12));
    provider.runtime.problem = Optional.of("Podman does not answer");
    world.run(Duration.ofSeconds(3));
    assertThat(consumer.lease().getStatus().getDetail()).isEqualTo("Podman does not answer");
    world.run(Duration.ofSeconds(10));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_WORKLOAD_FAILED);
    assertThat(consumer.lease().getGpuMillis()).isBetween(11_000L, 13_200L);
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isZero();

    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(2));
    assertThat(provider.runtime.running()).isZero();
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isEqualTo(1);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void anEngineThatComesBackWithinTheGraceTimeGoesOnWithTheWorkload() throws Exception {
    running(Duration.ofSeconds(12));
    provider.runtime.problem = Optional.of("Podman does not answer");
    world.run(Duration.ofSeconds(4));
    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(10));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    closeAndSettle();
    assertThat(consumer.lease().getGpuMillis()).isBetween(20_000L, 23_500L);
  }

  @Test
  void aWorkloadThatIsGoneIsNotBilledOnWhenItsEngineWasAwayForLessThanACheck() throws Exception {
    running(Duration.ofSeconds(12));
    world.sleep(Duration.ofMillis(50));
    var lost = provider.runtime.only();
    provider.runtime.problem = Optional.of("Podman does not answer");
    provider.runtime.workloads.clear();
    lost.status = new WorkloadStatus.Gone("no such container");
    lost.ended.complete(lost.status);
    world.time.runAll();
    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(10));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_WORKLOAD_FAILED);
    assertThat(consumer.lease().getGpuMillis()).isBetween(12_000L, 12_200L);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aCardIsNotFreeWhileTheEngineHidesWhetherAClosingLeaseStillRunsOnIt() throws Exception {
    running(Duration.ofSeconds(12));
    provider.runtime.problem = Optional.of("Podman does not answer");
    consumer.network.losesVouchers = true;
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.time.runAll();
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSING);

    world.killProvider(provider);
    world.run(Duration.ofSeconds(1));
    assertThat(provider.runtime.running()).isEqualTo(1);
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isZero();

    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(2));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSING);
    assertThat(provider.runtime.running()).isZero();
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isEqualTo(1);
  }

  @Test
  void aLeaseWhoseEngineStaysAwayAfterTheRestartKeepsItsCardUntilTheWorkloadIsStopped()
      throws Exception {
    running(Duration.ofSeconds(12));
    provider.runtime.problem = Optional.of("Podman does not answer");
    world.killProvider(provider);
    world.run(Duration.ofSeconds(8));
    assertThat(provider.leases.views(true).getLast().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_WORKLOAD_FAILED);
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isZero();

    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(2));
    assertThat(provider.runtime.running()).isZero();
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isEqualTo(1);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aVoucherForASuspendedLeaseWhoseEngineIsAwayResumesItWhenTheEngineIsBack() throws Exception {
    running(Duration.ofSeconds(5));
    consumer.network.losesVouchers = true;
    world.run(Duration.ofSeconds(21));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_SUSPENDED);
    provider.runtime.problem = Optional.of("Podman does not answer");
    world.run(Duration.ofMillis(1_200));
    long paused = provider.leases.views(true).getLast().getGpuMillis();

    consumer.network.losesVouchers = false;
    consumer.network.breakStreams();
    world.run(Duration.ofSeconds(1));
    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(11));

    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.runtime.running()).isEqualTo(1);
    closeAndSettle();
    assertThat(consumer.lease().getGpuMillis()).isBetween(paused + 9_000, paused + 13_000);
  }

  @Test
  void aWorkloadHeldForItsLedgerStaysHeldWhenItsEngineWasAway() throws Exception {
    running(Duration.ofSeconds(12));
    provider.ledger.close();
    world.run(Duration.ofSeconds(16));
    assertThat(provider.runtime.running()).isZero();

    provider.runtime.problem = Optional.of("Podman does not answer");
    world.run(Duration.ofSeconds(2));
    provider.runtime.problem = Optional.empty();
    world.run(Duration.ofSeconds(2));

    assertThat(provider.runtime.running()).isZero();
  }

  private void running(Duration time) {
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    world.run(time);
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  private void stepUntil(LeaseState wanted) {
    for (int i = 0; i < 100; i++) {
      if (!provider.leases.views(true).isEmpty() && state(provider) == wanted) {
        return;
      }
      world.time.runOne();
    }
    assertThat(state(provider)).isEqualTo(wanted);
  }

  private void closeAndSettle() throws Exception {
    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.run(Duration.ofSeconds(2));
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    world.assertBooksAgree(provider, consumer);
  }
}
