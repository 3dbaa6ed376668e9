package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.AccountKind;
import org.gpumarket.v1.LeaseState;

/** Providers and consumers in one process, with real ledgers and a time that the test moves. */
final class LeaseWorld implements AutoCloseable {
  /** How often the node's own ticker moves the leases. */
  private static final Duration STEP = Duration.ofMillis(100);

  /** One dollar an hour: a GPU-millisecond costs 0.27 micros, so rounding matters. */
  static final long PRICE = 1_000_000;

  final ManualTime time = new ManualTime();
  private final Path folder;
  private final List<ProviderSide> providers = new ArrayList<>();
  private final List<ConsumerSide> consumers = new ArrayList<>();

  LeaseWorld(Path folder) {
    this.folder = folder;
  }

  ProviderSide provider(long price, int gpus) throws LedgerException {
    return provider(price, gpus, Duration.ZERO);
  }

  ProviderSide provider(long price, int gpus, Duration clockOff) throws LedgerException {
    ProviderSide side =
        new ProviderSide(
            time, folder.resolve("provider" + providers.size()), price, gpus, clockOff);
    providers.add(side);
    return side;
  }

  ConsumerSide consumer(ProviderSide... known) throws LedgerException {
    return consumer(Duration.ZERO, known);
  }

  ConsumerSide consumer(Duration clockOff, ProviderSide... known) throws LedgerException {
    ConsumerSide side =
        new ConsumerSide(time, folder.resolve("consumer" + consumers.size()), clockOff, known);
    consumers.add(side);
    return side;
  }

  /** Lets so much time pass, in the steps of a node's ticker. */
  void run(Duration duration) {
    for (Duration done = Duration.ZERO; done.compareTo(duration) < 0; done = done.plus(STEP)) {
      time.pass(STEP);
      tick();
    }
  }

  void tick() {
    for (ProviderSide provider : providers) {
      provider.leases.tick();
      time.runAll();
    }
    for (ConsumerSide consumer : consumers) {
      consumer.leases.tick();
      time.runAll();
    }
  }

  /** Time passes in which nobody does anything, as while a machine is off. */
  void sleep(Duration duration) {
    time.pass(duration);
  }

  /** kill -9 and a new start of a provider. */
  void killProvider(ProviderSide provider) throws LedgerException {
    provider.restart();
    for (ConsumerSide consumer : consumers) {
      consumer.network.breakStreams();
    }
    time.runAll();
  }

  /** Both sides' ledgers verify, and say the same about what was vouchered and earned. */
  void assertBooksAgree(ProviderSide provider, ConsumerSide consumer) throws LedgerException {
    assertThat(provider.ledger.verify().problem()).isEmpty();
    assertThat(consumer.ledger.verify().problem()).isEmpty();
    assertThat(receivable(provider)).isEqualTo(payable(consumer));
    assertThat(consumer.lease().getVouchered())
        .isEqualTo(provider.leases.views(true).getLast().getVouchered());
  }

  static long receivable(ProviderSide provider) throws LedgerException {
    return provider.ledger.balances().stream()
        .filter(b -> b.getAccount().getKind() == AccountKind.ACCOUNT_KIND_RECEIVABLE)
        .mapToLong(AccountBalance::getDebitMicros)
        .sum();
  }

  static long payable(ConsumerSide consumer) throws LedgerException {
    return consumer.ledger.balances().stream()
        .filter(b -> b.getAccount().getKind() == AccountKind.ACCOUNT_KIND_PAYABLE)
        .mapToLong(AccountBalance::getCreditMicros)
        .sum();
  }

  static LeaseState state(ProviderSide provider) {
    return provider.leases.views(true).getLast().getStatus().getState();
  }

  static LeaseState state(ConsumerSide consumer) {
    return consumer.lease().getStatus().getState();
  }

  @Override
  public void close() {
    providers.forEach(side -> side.ledger.close());
    consumers.forEach(side -> side.ledger.close());
  }
}
