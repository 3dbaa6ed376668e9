package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.store.Change;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LedgerEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000));
  private static final LeaseRole PROVIDER = LeaseRole.LEASE_ROLE_PROVIDER;

  private final Story story = new Story();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void theFirstForgedSignatureIsNamedWhateverTheThreads(int threads) throws Exception {
    try (Ledger ledger = open()) {
      append(ledger, 1, 400);
      add(ledger, forged("f1"));
      append(ledger, 400, 700);
      add(ledger, forged("f2"));

      assertThat(ledger.verify(VerifyPlan.full().withThreads(threads)).problem())
          .contains(new Problem(400, "the signature under this lease is not its signer's"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void aForgedSignatureComesBeforeABrokenRuleFurtherOn(int threads) throws Exception {
    try (Ledger ledger = open()) {
      append(ledger, 1, 270);
      add(ledger, forged("f1"));
      append(ledger, 270, 280);
    }
    tamper(Change.remove(Table.ENTRIES, Keys.ofIndex(275)));

    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      assertThat(reader.verify(VerifyPlan.full().withThreads(threads)).problem())
          .contains(new Problem(270, "the signature under this lease is not its signer's"));
    }
  }

  @Test
  void progressNeverGoesBackAndEndsWithTheLastEntry() throws Exception {
    List<Long> heard = new ArrayList<>();
    try (Ledger ledger = open()) {
      append(ledger, 1, 600);
      ledger.verify(
          VerifyPlan.full()
              .withProgress(
                  (entries, of) -> {
                    assertThat(of).isEqualTo(600);
                    heard.add(entries);
                  }));
    }
    assertThat(heard).containsExactly(256L, 512L, 600L);
  }

  @Test
  void commitsGoOnWhileTheLedgerIsVerified() throws Exception {
    try (Ledger ledger = open()) {
      append(ledger, 1, 10);
      VerifyReport report =
          ledger.verify(
              VerifyPlan.full()
                  .withProgress((_, _) -> commitNow(ledger, story.agreed("new", PROVIDER))));

      assertThat(report.problem()).isEmpty();
      assertThat(report.entries()).isEqualTo(10);
      assertThat(ledger.size()).isEqualTo(11);
    }
  }

  @Test
  void closingALedgerStopsItsVerification() throws Exception {
    Ledger ledger = open();
    append(ledger, 1, 300);
    Thread closer = Thread.ofPlatform().unstarted(ledger::close);

    assertThatThrownBy(
            () ->
                ledger.verify(
                    VerifyPlan.full()
                        .withThreads(1)
                        .withProgress(
                            (_, _) -> {
                              closer.start();
                              while (ledger.unavailable().isEmpty()) {
                                Thread.onSpinWait();
                              }
                            })))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("closed while it was verified");
    closer.join();
  }

  @Test
  void anEntryBeyondTheEndIsFound() throws Exception {
    byte[] more;
    try (Ledger ledger = open()) {
      append(ledger, 1, 3);
      more = ledger.entry(2).toByteArray();
    }
    tamper(Change.put(Table.ENTRIES, Keys.ofIndex(3), more));

    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      assertThat(reader.verify().problem())
          .contains(new Problem(3, "it stands beyond the end of the ledger"));
    }
  }

  private Ledger open() throws LedgerException {
    return Ledger.open(folder, story.provider, CLOCK);
  }

  private void append(Ledger ledger, int from, int to) throws Exception {
    List<CompletableFuture<Committed>> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      all.add(ledger.commit(Commit.of(story.agreed("l" + i, PROVIDER))));
    }
    for (CompletableFuture<Committed> one : all) {
      one.get();
    }
  }

  /** A lease that its writer took as checked, and that its consumer never signed. */
  private LedgerEntry forged(String leaseId) {
    LedgerEntry.Builder entry = story.agreed(leaseId, PROVIDER).toBuilder();
    entry
        .getLeaseAgreedBuilder()
        .getConsumerLeaseBuilder()
        .setSignature(ByteString.copyFrom(new byte[64]));
    return entry.build();
  }

  private static void add(Ledger ledger, LedgerEntry entry) throws Exception {
    ledger.commit(Commit.of(entry)).get();
  }

  private static void commitNow(Ledger ledger, LedgerEntry entry) {
    try {
      ledger.commit(Commit.of(entry)).get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("a commit waits for the verification", e);
    }
  }

  private void tamper(Change change) throws Exception {
    try (Store store = Store.open(folder.resolve(Ledger.STORE_FOLDER))) {
      store.write(List.of(change));
    }
  }
}
