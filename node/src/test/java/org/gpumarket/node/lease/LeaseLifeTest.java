package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;
import static org.gpumarket.node.lease.LeaseWorld.state;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.gpumarket.ledger.books.Owed;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.RuntimeKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease from its first quote to its last voucher, both sides driven by one test. */
class LeaseLifeTest {
  @TempDir Path folder;
  private LeaseWorld world;

  @BeforeEach
  void open() {
    world = new LeaseWorld(folder);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aWorkloadIsDeployedOnTheCheapestRunsIsVoucheredAndIsClosedToTheMicroUnit() throws Exception {
    ProviderSide dear = world.provider(2 * PRICE, 2);
    ProviderSide cheap = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(dear, cheap);

    consumer.deploy(consumer.order(2, Duration.ofMinutes(10)));
    world.tick();

    assertThat(consumer.steps.getFirst()).isInstanceOf(DeployStep.MatchChosen.class);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(cheap.runtime.running()).isEqualTo(1);
    assertThat(dear.runtime.starts).isZero();

    world.run(Duration.ofSeconds(35));
    assertThat(consumer.lease().getVouchered().getAmountMicros())
        .isEqualTo(Owed.micros(consumer.lease().getGpuMillis(), PRICE))
        .isPositive();

    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.run(Duration.ofSeconds(1));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(state(cheap)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(cheap.runtime.running()).isZero();
    assertThat(consumer.lease().getGpuMillis()).isBetween(2 * 35_000L, 2 * 35_400L);
    assertThat(consumer.lease().getOwed()).isEqualTo(consumer.lease().getVouchered());
    world.assertBooksAgree(cheap, consumer);
  }

  @Test
  void betweenTwoReportsBothSidesShowWhatIsUsedUpToNow() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(2, Duration.ofMinutes(10)));
    world.tick();

    world.run(Duration.ofSeconds(4));
    for (LeaseView view : List.of(consumer.lease(), provider.leases.views(false).getFirst())) {
      assertThat(view.getGpuMillis()).isZero();
      assertThat(view.getEstimatedGpuMillis()).isBetween(2 * 3_900L, 2 * 4_100L);
      assertThat(view.getEstimatedOwed().getAmountMicros())
          .isEqualTo(Owed.micros(view.getEstimatedGpuMillis(), PRICE));
    }

    world.run(Duration.ofSeconds(9));
    assertThat(consumer.lease().getGpuMillis()).isBetween(2 * 9_900L, 2 * 10_100L);
    assertThat(consumer.lease().getEstimatedGpuMillis()).isBetween(2 * 12_900L, 2 * 13_200L);

    var _ = consumer.leases.close(consumer.lease().getLeaseId());
    world.run(Duration.ofSeconds(1));
    assertThat(consumer.lease().getEstimatedGpuMillis()).isZero();
    assertThat(provider.leases.views(true).getFirst().getEstimatedGpuMillis()).isZero();
  }

  @Test
  void aDeploymentThatFindsNothingIsAnsweredToAllWhoRepeatItMeanwhile() throws Exception {
    ConsumerSide consumer = world.consumer();
    DeployOrder order = consumer.order(1, Duration.ofMinutes(10));
    List<CompletableFuture<Void>> repeated = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      repeated.add(consumer.leases.deploy(order, consumer.steps::add));
    }
    world.time.runAll();

    assertThat(repeated)
        .allMatch(CompletableFuture::isDone)
        .noneMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(consumer.steps).isNotEmpty().allMatch(DeployStep.MatchRefused.class::isInstance);
    assertThat(consumer.leases.views(true)).isEmpty();
  }

  @Test
  void theConsumerHearsHowFarASlowStartIs() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    List<String> heard = new ArrayList<>();
    provider.runtime.duringStart =
        progress -> {
          for (String sentence : List.of("the image: 1 of 2 MiB", "the image: 2 of 2 MiB")) {
            progress.accept(sentence);
            world.time.runAll();
            heard.add(consumer.lease().getStatus().getDetail());
          }
        };

    consumer.deploy(consumer.order(1, Duration.ofMinutes(10)));
    world.tick();

    assertThat(heard).containsExactly("the image: 1 of 2 MiB", "the image: 2 of 2 MiB");
    assertThat(consumer.steps)
        .filteredOn(DeployStep.LeaseMoved.class::isInstance)
        .extracting(step -> ((DeployStep.LeaseMoved) step).lease().getStatus().getDetail())
        .contains("the image: 1 of 2 MiB", "the image: 2 of 2 MiB");
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getStatus().getDetail()).isEmpty();
  }

  @Test
  void aWorkloadThatEndsByItselfClosesTheLeaseWithItsExitStatus() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofMinutes(10)));
    world.run(Duration.ofSeconds(3));

    provider.runtime.only().exit(7);
    world.run(Duration.ofSeconds(1));

    assertThat(consumer.lease().getStatus().getState()).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_COMPLETED);
    assertThat(consumer.lease().getStatus().getExitCode()).isEqualTo(7);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aLeaseEndsAtItsDurationAndBillsNoMillisecondMore() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(2, Duration.ofMillis(25_050)));

    world.run(Duration.ofSeconds(30));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_DURATION_ENDED);
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(consumer.lease().getGpuMillis()).isEqualTo(2 * 25_050L);
    assertThat(provider.runtime.running()).isZero();
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void anExtensionWithBothSignaturesMovesTheEndAndIsSafeToRepeat() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofSeconds(20)));
    String id = consumer.lease().getLeaseId();
    String request = Base32.randomId(new SecureRandom());

    var _ = consumer.leases.extend(id, request, 20_000);
    var _ = consumer.leases.extend(id, request, 20_000);
    world.run(Duration.ofSeconds(30));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getStatus().getDurationMs()).isEqualTo(40_000);
    world.run(Duration.ofSeconds(15));
    assertThat(consumer.lease().getGpuMillis()).isEqualTo(40_000);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aRequestThatIsRepeatedWhileItsLeaseIsBeingAgreedHearsOfThatLease() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    DeployOrder order = consumer.order(1, Duration.ofMinutes(1));
    List<DeployStep> repeated = new ArrayList<>();
    List<CompletableFuture<Void>> second = new ArrayList<>();
    consumer.network.beforeAgreeing =
        () -> second.add(consumer.leases.deploy(order, repeated::add));

    consumer.deploy(order);
    world.run(Duration.ofSeconds(1));

    assertThat(second.getFirst()).isCompleted();
    assertThat(repeated).last().isEqualTo(consumer.steps.getLast());
    assertThat(provider.runtime.starts).isEqualTo(1);
    assertThat(consumer.leases.views(true)).hasSize(1);
  }

  @Test
  void anExtensionWhoseAnswerIsLostIsAskedForAgainAndIsNotTakenForALie() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofSeconds(20)));
    String id = consumer.lease().getLeaseId();
    consumer.network.losesExtendAnswers = 1;

    assertThatThrownBy(
            () -> consumer.leases.extend(id, Base32.randomId(new SecureRandom()), 20_000))
        .hasMessage("nobody answers");
    world.run(Duration.ofSeconds(30));

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(consumer.lease().getStatus().getDurationMs()).isEqualTo(40_000);
    world.run(Duration.ofSeconds(15));
    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_DURATION_ENDED);
    assertThat(consumer.lease().getGpuMillis()).isEqualTo(40_000);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aProviderThatDidNotAnswerIsAskedAgainWhileTheUserWaits() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.network.down = true;

    consumer.deploy(
        consumer.order(1, Duration.ofSeconds(20), Duration.ofMinutes(1)),
        step -> {
          if (step instanceof DeployStep.MatchFailed) {
            consumer.network.down = false;
            world.time.pass(Duration.ofSeconds(2));
          }
        });

    assertThat(consumer.steps).noneMatch(DeployStep.MatchRefused.class::isInstance);
    assertThat(consumer.lease().getStatus().getState()).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  @Test
  void anExtensionThatNeverReachedTheProviderIsAskedForAgainAfterARestart() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofSeconds(20)));
    consumer.network.down = true;
    assertThatThrownBy(
            () ->
                consumer.leases.extend(
                    consumer.lease().getLeaseId(), Base32.randomId(new SecureRandom()), 20_000))
        .hasMessage("nobody answers");
    consumer.restart();
    consumer.network.down = false;
    world.run(Duration.ofSeconds(2));

    assertThat(provider.leases.views(true).getLast().getStatus().getDurationMs()).isEqualTo(40_000);
    assertThat(consumer.lease().getStatus().getDurationMs()).isEqualTo(40_000);
  }

  @Test
  void twoConsumersRaceForTheLastGpuAndTheLoserMovesOnToItsNextMatch() throws Exception {
    ProviderSide cheap = world.provider(PRICE, 1);
    ProviderSide next = world.provider(2 * PRICE, 1);
    ConsumerSide first = world.consumer(cheap, next);
    ConsumerSide second = world.consumer(cheap, next);

    first.deploy(first.order(1, Duration.ofMinutes(1)));
    second.deploy(second.order(1, Duration.ofMinutes(1)));
    world.tick();

    assertThat(first.lease().getCounterparty()).isEqualTo(cheap.id().text());
    assertThat(second.lease().getCounterparty()).isEqualTo(next.id().text());
    assertThat(second.steps)
        .filteredOn(DeployStep.MatchFailed.class::isInstance)
        .containsExactly(
            new DeployStep.MatchFailed(
                cheap.id().text(), "too few GPUs are free: 0, and asked for are 1"));
    assertThat(state(second)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  @Test
  void deployingTwiceUnderOneRequestIdTakesOneLease() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    DeployOrder order = consumer.order(1, Duration.ofMinutes(1));

    consumer.deploy(order);
    consumer.deploy(order);
    consumer.restart();
    consumer.deploy(order);

    assertThat(provider.runtime.starts).isEqualTo(1);
    assertThat(consumer.leases.views(true)).hasSize(1);
  }

  @Test
  void aLeaseThatHasEndedIsNoLongerAmongTheOpenOnesButStillFoundByItsRequestAndItsId()
      throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    DeployOrder order = consumer.order(1, Duration.ofMinutes(1));
    consumer.deploy(order);
    world.tick();
    String id = consumer.lease().getLeaseId();
    var _ = consumer.leases.close(id);
    world.run(Duration.ofSeconds(1));

    consumer.restart();
    assertThat(consumer.ledger.rows("lease")).isEmpty();
    assertThat(provider.ledger.rows("lease")).isEmpty();
    assertThat(consumer.leases.views(false)).isEmpty();
    assertThat(provider.leases.views(false)).isEmpty();
    assertThat(provider.leases.status(consumer.key.nodeId(), id).getState())
        .isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    consumer.deploy(order);
    assertThat(provider.runtime.starts).isEqualTo(1);
    assertThat(consumer.leases.views(true)).hasSize(1);
  }

  @Test
  void anAnswerLostWhileAgreeingIsAskedForAgainAndMakesOneLease() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    consumer.network.losesAgreeAnswers = 1;

    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    world.tick();

    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    assertThat(provider.leases.views(true)).hasSize(1);
  }

  @Test
  void aLeaseThatMayHaveBeenAgreedIsClosedInTheBackgroundWhenTheNextMatchWasTaken()
      throws Exception {
    ProviderSide cheap = world.provider(PRICE, 1);
    ProviderSide next = world.provider(2 * PRICE, 1);
    ConsumerSide consumer = world.consumer(cheap, next);
    consumer.network.losesAgreeAnswers = 3;

    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    world.run(Duration.ofSeconds(2));

    assertThat(consumer.leases.views(true)).hasSize(1);
    assertThat(consumer.lease().getCounterparty()).isEqualTo(next.id().text());
    assertThat(state(cheap)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(cheap.runtime.starts).isZero();
    assertThat(cheap.holds.free(cheap.terms().gpuUuids())).isEqualTo(1);
  }

  @Test
  void aQuoteHoldsItsGpusForThirtySecondsAndARepeatedRequestGetsTheSame() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    RequestQuoteRequest request = quoteRequest();

    var quote = provider.leases.requestQuote(consumer.key.nodeId(), request);
    assertThat(provider.leases.requestQuote(consumer.key.nodeId(), request)).isEqualTo(quote);
    assertThatThrownBy(() -> provider.leases.requestQuote(consumer.key.nodeId(), quoteRequest()))
        .isInstanceOf(RefusalException.class)
        .hasMessage("too few GPUs are free: 0, and asked for are 1");

    world.run(Duration.ofSeconds(31));
    assertThat(provider.leases.requestQuote(consumer.key.nodeId(), quoteRequest())).isNotNull();
  }

  @Test
  void aConsumerHoldsNoMoreThanFourQuotes() throws Exception {
    ProviderSide provider = world.provider(PRICE, 6);
    ConsumerSide consumer = world.consumer(provider);
    for (int i = 0; i < LeaseLimits.HOLDS_PER_CONSUMER; i++) {
      var _ = provider.leases.requestQuote(consumer.key.nodeId(), quoteRequest());
    }
    assertThatThrownBy(() -> provider.leases.requestQuote(consumer.key.nodeId(), quoteRequest()))
        .hasMessage("at most 4 quotes at a time");
  }

  @Test
  void aLeaseThatNobodyStartsIsClosedAndItsLateStartIsFenced() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.network.downAfterAgreeing = true;
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    var agreed = provider.leases.views(true).getLast();
    List<LeasedGpu> gpus =
        List.of(
            LeasedGpu.newBuilder()
                .setUuid(provider.terms().gpuUuids().getFirst())
                .setEpoch(1)
                .build());

    world.run(Duration.ofMillis(LeaseLimits.START_MILLIS + 6_000));
    assertThat(provider.leases.views(true).getLast().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_NEVER_STARTED);

    ConsumerSide other = world.consumer(provider);
    other.deploy(other.order(1, Duration.ofMinutes(1)));
    assertThatThrownBy(
            () -> provider.leases.start(consumer.key.nodeId(), agreed.getLeaseId(), gpus))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("has gone to another lease");
    assertThat(provider.runtime.starts).isEqualTo(1);
  }

  @Test
  void aStartWhoseEpochIsNotTheNewestIsRefusedAndClosesTheLeaseAsFenced() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.network.downAfterAgreeing = true;
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    String leaseId = provider.leases.views(true).getLast().getLeaseId();
    provider.holds.release(leaseId);
    var newer = provider.holds.take("b".repeat(26), provider.terms().gpuUuids(), 1);
    assertThat(newer.getFirst().getEpoch()).isEqualTo(2);

    assertThatThrownBy(
            () ->
                provider.leases.start(
                    consumer.key.nodeId(),
                    leaseId,
                    List.of(newer.getFirst().toBuilder().setEpoch(1).build())))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("has gone to another lease");

    assertThat(provider.leases.views(true).getLast().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_FENCED);
    assertThat(provider.runtime.starts).isZero();
    assertThat(provider.holds.holder(newer.getFirst().getUuid())).contains("b".repeat(26));
  }

  @Test
  void aStartThatFailsClosesTheLeaseWithTheReasonAndCostsNothing() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    provider.runtime.startFailure = java.util.Optional.of("there is no such program");

    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    world.run(Duration.ofSeconds(1));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_WORKLOAD_FAILED);
    assertThat(consumer.lease().getStatus().getDetail()).isEqualTo("there is no such program");
    assertThat(consumer.lease().getOwed().getAmountMicros()).isZero();
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    assertThat(provider.holds.free(provider.terms().gpuUuids())).isEqualTo(1);
  }

  @Test
  void aRepeatedStartStartsNothingTwice() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    world.tick();
    var gpus =
        List.of(
            LeasedGpu.newBuilder()
                .setUuid(provider.terms().gpuUuids().getFirst())
                .setEpoch(1)
                .build());

    assertThat(
            provider
                .leases
                .start(consumer.key.nodeId(), consumer.lease().getLeaseId(), gpus)
                .getState())
        .isEqualTo(LeaseState.LEASE_STATE_RUNNING);
    world.tick();
    assertThat(provider.runtime.starts).isEqualTo(1);
  }

  @Test
  void aLeaseIsNobodyElsesBusiness() throws Exception {
    ProviderSide provider = world.provider(PRICE, 2);
    ConsumerSide consumer = world.consumer(provider);
    ConsumerSide stranger = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
    String id = consumer.lease().getLeaseId();

    assertThatThrownBy(() -> provider.leases.status(stranger.key.nodeId(), id))
        .hasMessage("there is no such lease of yours");
    assertThatThrownBy(
            () ->
                provider.leases.close(stranger.key.nodeId(), id, CloseReason.CLOSE_REASON_CONSUMER))
        .hasMessage("there is no such lease of yours");
    assertThat(state(provider)).isEqualTo(LeaseState.LEASE_STATE_RUNNING);
  }

  @Test
  void clocksThreeMinutesApartChangeNothing() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1, Duration.ofMinutes(3));
    ConsumerSide consumer = world.consumer(Duration.ofMinutes(-3), provider);
    consumer.deploy(consumer.order(1, Duration.ofSeconds(45)));

    world.run(Duration.ofSeconds(50));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_DURATION_ENDED);
    assertThat(consumer.lease().getGpuMillis()).isEqualTo(45_000);
    world.assertBooksAgree(provider, consumer);
  }

  @Test
  void aProviderWhoseLedgerCannotBeWrittenRefusesNewLeasesWithItsSentence() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    provider.ledger.close();

    assertThatThrownBy(() -> provider.leases.requestQuote(consumer.key.nodeId(), quoteRequest()))
        .isInstanceOf(RefusalException.class)
        .hasMessage("the ledger is closed");
  }

  @Test
  void shutdownClosesTheProvidersLeasesWithTheirLastUsageTold() throws Exception {
    ProviderSide provider = world.provider(PRICE, 1);
    ConsumerSide consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofMinutes(5)));
    world.run(Duration.ofSeconds(4));

    Thread ending = Thread.ofVirtual().start(() -> provider.leases.shutdown(Duration.ofSeconds(5)));
    while (ending.isAlive()) {
      world.time.runAll();
      Thread.onSpinWait();
    }
    world.run(Duration.ofSeconds(1));

    assertThat(consumer.lease().getStatus().getCloseReason())
        .isEqualTo(CloseReason.CLOSE_REASON_PROVIDER);
    assertThat(provider.runtime.workloads).isEmpty();
    assertThat(state(consumer)).isEqualTo(LeaseState.LEASE_STATE_CLOSED);
    world.assertBooksAgree(provider, consumer);
  }

  private static RequestQuoteRequest quoteRequest() {
    return RequestQuoteRequest.newBuilder()
        .setRequestId(Base32.randomId(new SecureRandom()))
        .setOfferId("all")
        .setGpuCount(1)
        .setDurationMs(60_000)
        .setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS)
        .setAcceptSimulated(true)
        .build();
  }
}
