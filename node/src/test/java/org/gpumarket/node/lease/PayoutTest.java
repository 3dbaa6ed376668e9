package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gpumarket.node.lease.LeaseWorld.PRICE;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.Balances;
import org.gpumarket.node.settlement.Earnings;
import org.gpumarket.node.settlement.PayeeLink;
import org.gpumarket.node.settlement.Payouts;
import org.gpumarket.node.settlement.Payouts.Decision;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lease made owed is paid outside the program, and both books come to say the same. */
class PayoutTest {
  private static final Money ALL = Money.getDefaultInstance();

  @TempDir Path folder;
  private LeaseWorld world;
  private ProviderSide provider;
  private ConsumerSide consumer;
  private Payouts paying;
  private Payouts paid;
  private boolean payeeAnswers = true;

  @BeforeEach
  void runALease() throws Exception {
    world = new LeaseWorld(folder);
    provider = world.provider(PRICE, 1);
    consumer = world.consumer(provider);
    consumer.deploy(consumer.order(1, Duration.ofSeconds(36)));
    world.run(Duration.ofSeconds(40));
    paid =
        new Payouts(
            provider.key,
            provider.ledger,
            (_, _) -> Optional.empty(),
            world.time.clock(Duration.ZERO),
            world.time::nanoTime);
    PayeeLink link =
        (NodeId payee, SignedEnvelope payout) -> {
          if (!payeeAnswers) {
            throw new RefusalException(Reason.UNAVAILABLE, "nobody answers");
          }
          assertThat(payee).isEqualTo(provider.id());
          return paid.submit(consumer.key.nodeId(), payout);
        };
    paying =
        new Payouts(
            consumer.key,
            consumer.ledger,
            link,
            world.time.clock(Duration.ZERO),
            world.time::nanoTime);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPayoutIsRecordedDeliveredAndConfirmedAndBothBooksAreEven() throws Exception {
    assertThat(new Balances(consumer.ledger).all().getFirst().getPayableMicros()).isEqualTo(10_000);

    assertThat(paying.record(provider.id(), ALL, "bank-17").getState()).isEqualTo("sent");
    paying.deliver();
    assertThat(paying.views().getFirst().getState()).isEqualTo("delivered");
    assertThat(paid.views().getFirst().getState()).isEqualTo("claimed");

    assertThat(paid.confirm("bank-17", "", Decision.RECEIVED, "").getState())
        .isEqualTo("confirmed");
    world.sleep(Duration.ofSeconds(5));
    paying.deliver();

    assertThat(paying.views().getFirst().getState()).isEqualTo("confirmed");
    var owing = new Balances(consumer.ledger).all().getFirst();
    assertThat(owing.getPayableMicros()).isZero();
    assertThat(owing.getInTransitMicros()).isZero();
    assertThat(owing.getExpenseMicros()).isEqualTo(10_000);
    var earning = new Balances(provider.ledger).all().getFirst();
    assertThat(earning.getReceivableMicros()).isZero();
    assertThat(earning.getRevenueMicros()).isEqualTo(10_000);
    assertThat(provider.ledger.verify().problem()).isEmpty();
    assertThat(consumer.ledger.verify().problem()).isEmpty();
  }

  @Test
  void aPayerThatLooksHearsOfTheConfirmationAtOnce() throws Exception {
    var _ = paying.record(provider.id(), ALL, "bank-20");
    paying.deliver();
    var _ = paid.confirm("bank-20", "", Decision.RECEIVED, "");
    paying.deliver();
    assertThat(paying.views().getFirst().getState()).isEqualTo("delivered");

    paying.askAnew();
    paying.deliver();

    assertThat(paying.views().getFirst().getState()).isEqualTo("confirmed");
  }

  @Test
  void aPayoutThatNeverCameIsOwedAgain() throws Exception {
    var _ = paying.record(provider.id(), ALL, "lost-1");
    paying.deliver();
    var _ = paid.confirm("lost-1", "", Decision.NOT_RECEIVED, "nothing on the account");
    world.sleep(Duration.ofSeconds(5));
    paying.deliver();

    assertThat(paying.views().getFirst().getState()).isEqualTo("refused");
    assertThat(new Balances(consumer.ledger).unpaid(provider.id(), "USD")).isEqualTo(10_000);
    assertThat(consumer.ledger.verify().problem()).isEmpty();
  }

  @Test
  void aPayoutIsToldAgainUntilThePayeeAnswers() throws Exception {
    payeeAnswers = false;
    var _ = paying.record(provider.id(), ALL, "bank-18");
    paying.deliver();
    assertThat(paying.views().getFirst().getState()).isEqualTo("sent");

    payeeAnswers = true;
    world.sleep(Duration.ofSeconds(2));
    paying.deliver();
    assertThat(paying.views().getFirst().getState()).isEqualTo("delivered");
  }

  @Test
  void thePaymentWithOneReferenceCountsOnce() throws Exception {
    var first = paying.record(provider.id(), ALL, "bank-19");
    assertThat(paying.record(provider.id(), ALL, "bank-19")).isEqualTo(first);
    assertThat(paying.views()).hasSize(1);
    assertThatThrownBy(
            () ->
                paying.record(
                    provider.id(),
                    Money.newBuilder().setCurrencyCode("USD").setAmountMicros(5).build(),
                    "bank-19"))
        .hasMessage("the reference bank-19 names another payout of yours");
    assertThatThrownBy(
            () ->
                paying.record(
                    provider.id(), Money.newBuilder().setCurrencyCode("EUR").build(), "bank-19"))
        .hasMessage("the reference bank-19 names another payout of yours");
  }

  @Test
  void nobodyPaysMoreThanIsOwed() {
    assertThatThrownBy(
            () ->
                paying.record(
                    provider.id(),
                    Money.newBuilder().setCurrencyCode("USD").setAmountMicros(10_001).build(),
                    "bank-20"))
        .isInstanceOf(RefusalException.class)
        .hasMessageStartingWith("10000 micros of USD are owed");
  }

  @Test
  void earningsAreWhatWasVoucheredInTheWindow() {
    var all = new Earnings(provider.ledger).between(0, 0);
    assertThat(all).hasSize(1);
    assertThat(all.getFirst().getAmount().getAmountMicros()).isEqualTo(10_000);
    assertThat(all.getFirst().getGpuMillis()).isEqualTo(36_000);
    long middle = world.time.clock(Duration.ZERO).millis() - 20_000;
    long early =
        new Earnings(provider.ledger).between(0, middle).getFirst().getAmount().getAmountMicros();
    long late =
        new Earnings(provider.ledger).between(middle, 0).getFirst().getAmount().getAmountMicros();
    assertThat(early).isPositive();
    assertThat(late).isPositive();
    assertThat(early + late).isEqualTo(10_000);
    assertThat(new Earnings(provider.ledger).between(middle + 1_000_000, 0)).isEmpty();
  }
}
