package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gpumarket.v1.LeaseRole.LEASE_ROLE_CONSUMER;
import static org.gpumarket.v1.LeaseRole.LEASE_ROLE_PROVIDER;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.gpumarket.ledger.books.Accounts;
import org.gpumarket.ledger.books.RefusedEntryException;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.ledger.store.Change;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000));

  private final Story story = new Story();
  @TempDir Path folder;

  @Test
  void theFirstEntryIntroducesTheLogKey() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      assertThat(ledger.size()).isEqualTo(1);
      assertThat(ledger.entry(0).hasKeyIntroduced()).isTrue();
      assertThat(ledger.checkpoint()).startsWith("gpumarket.org/log/" + story.provider.nodeId());
      assertThat(ledger.verify().problem()).isEmpty();
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void nobodyButTheOwnerMayReadIt() throws Exception {
    Path own = folder.resolve("a/ledger");
    Ledger.open(own, story.provider, CLOCK).close();

    assertThat(Files.getPosixFilePermissions(own))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(Files.getPosixFilePermissions(own.resolve("log.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void bothSidesOfALeaseComeToTheSameAmounts() throws Exception {
    SignedEnvelope payout = story.payout(150, "bank-1");
    try (Ledger mine = open(story.provider);
        Ledger theirs = Ledger.open(folder.resolve("consumer"), story.consumer, CLOCK)) {
      add(mine, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(theirs, story.agreed("l1", LEASE_ROLE_CONSUMER));
      add(mine, story.measured("l1", 1, 1_999));
      add(mine, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_999));
      add(theirs, story.vouchered("l1", LEASE_ROLE_CONSUMER, 1_999));
      add(theirs, Story.recorded(payout));
      add(mine, Story.recorded(payout));
      add(mine, story.confirmed(payout, Story.Answer.RECEIVED));
      add(theirs, story.confirmed(payout, Story.Answer.RECEIVED));

      Account receivable = Accounts.receivable(story.consumer.nodeId(), "USD");
      Account payable = Accounts.payable(story.provider.nodeId(), "USD");
      assertThat(balance(mine, receivable)).isEqualTo(199 - 150);
      assertThat(balance(theirs, payable)).isEqualTo(199 - 150);
      assertThat(balance(theirs, Accounts.inTransit(story.provider.nodeId(), "USD"))).isZero();
      assertThat(mine.verify().problem()).isEmpty();
      assertThat(theirs.verify().problem()).isEmpty();
    }
  }

  @Test
  void aPayoutThatNeverCameIsTakenBack() throws Exception {
    SignedEnvelope payout = story.payout(100, "bank-1");
    try (Ledger theirs = open(story.consumer)) {
      add(theirs, story.agreed("l1", LEASE_ROLE_CONSUMER));
      add(theirs, story.vouchered("l1", LEASE_ROLE_CONSUMER, 1_000));
      add(theirs, Story.recorded(payout));
      add(theirs, story.confirmed(payout, Story.Answer.NOTHING_CAME));

      assertThat(balance(theirs, Accounts.payable(story.provider.nodeId(), "USD"))).isEqualTo(100);
      assertThat(balance(theirs, Accounts.inTransit(story.provider.nodeId(), "USD"))).isZero();
      assertThat(theirs.verify().problem()).isEmpty();
    }
  }

  @Test
  void whatBreaksARuleIsRefusedAndLeavesNothing() throws Exception {
    SignedEnvelope payout = story.payout(10, "bank-1");
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(ledger, story.measured("l1", 5, 2_000));
      add(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_000));
      add(ledger, Story.recorded(payout));
      long size = ledger.size();

      assertRefused(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER), "already");
      assertRefused(ledger, story.agreed("l2", LEASE_ROLE_CONSUMER), "another role");
      assertRefused(ledger, story.measured("l1", 6, 1_500), "goes down");
      assertRefused(ledger, story.measured("l1", 5, 2_500), "not the next");
      assertRefused(ledger, story.measured("l9", 1, 1), "no such lease");
      assertRefused(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 900), "no more than");
      assertRefused(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 3_000), "not measured");
      assertRefused(
          ledger,
          story.vouchered("l1", LEASE_ROLE_PROVIDER, 2_000, 201, story.consumer),
          "201 micros where 200 are owed");
      assertRefused(
          ledger,
          story.vouchered("l1", LEASE_ROLE_PROVIDER, 2_000, 200, Story.key(9)),
          "not the consumer");
      assertRefused(ledger, Story.recorded(payout), "counts already");
      assertRefused(ledger, LedgerEntry.getDefaultInstance(), "without an event");
      assertThat(ledger.size()).isEqualTo(size);
      assertThat(ledger.verify().problem()).isEmpty();
    }
  }

  @Test
  void morePaidThanOwedIsRefused() throws Exception {
    try (Ledger theirs = open(story.consumer)) {
      add(theirs, story.agreed("l1", LEASE_ROLE_CONSUMER));
      add(theirs, story.vouchered("l1", LEASE_ROLE_CONSUMER, 1_000));
      add(theirs, Story.recorded(story.payout(60, "a")));

      assertRefused(theirs, Story.recorded(story.payout(41, "b")), "40 are owed and not yet paid");
    }
  }

  @Test
  void oneRefusedEntryRefusesItsWholeCommitButNotItsNeighbours() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      CompletableFuture<Committed> bad =
          ledger.commit(
              new Commit(
                  List.of(
                      story.agreed("l1", LEASE_ROLE_PROVIDER),
                      story.agreed("l1", LEASE_ROLE_PROVIDER)),
                  List.of(RowChange.put("t", "k", StringValue.of("x")))));
      CompletableFuture<Committed> good =
          ledger.commit(Commit.of(story.agreed("l2", LEASE_ROLE_PROVIDER)));

      assertThatThrownBy(bad::get).hasCauseInstanceOf(RefusedEntryException.class);
      assertThat(good.get().firstIndex()).isEqualTo(1);
      assertThat(ledger.row("t", "k")).isEmpty();
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterReopening() throws Exception {
    String checkpoint;
    try (Ledger ledger = open(story.provider)) {
      List<CompletableFuture<Committed>> all = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        all.add(
            ledger.commit(
                Commit.of(
                    story.agreed("l" + i, LEASE_ROLE_PROVIDER),
                    RowChange.put("lease", "l" + i, StringValue.of("row " + i)))));
      }
      for (CompletableFuture<Committed> one : all) {
        one.get();
      }
      checkpoint = ledger.checkpoint();
    }
    try (Ledger ledger = open(story.provider)) {
      assertThat(ledger.size()).isEqualTo(601);
      assertThat(ledger.rows("lease")).hasSize(600);
      assertThat(ledger.row("lease", "l7")).contains(StringValue.of("row 7").toByteString());
      assertThat(ledger.checkpoint()).isEqualTo(checkpoint);
      assertThat(ledger.verify().problem()).isEmpty();
    }
  }

  @Test
  void rowsAreRemovedAndTablesKeptApart() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      ledger.commit(Commit.ofRows(RowChange.put("a", "k", StringValue.of("1")))).get();
      ledger.commit(Commit.ofRows(RowChange.put("ab", "k", StringValue.of("2")))).get();
      ledger.commit(Commit.ofRows(RowChange.remove("a", "k"))).get();

      assertThat(ledger.rows("a")).isEmpty();
      assertThat(ledger.rows("ab")).extracting(Row::value).containsExactly(bytes("2"));
    }
  }

  @Test
  void aNewRowIsRefusedWhereOneStandsAlsoInTheSameWrite() throws Exception {
    RowChange first = RowChange.create("a", "k", StringValue.of("1"));
    RowChange second = RowChange.create("a", "k", StringValue.of("2"));
    try (Ledger ledger = open(story.provider)) {
      CompletableFuture<Committed> done = ledger.commit(Commit.ofRows(first));
      CompletableFuture<Committed> refused = ledger.commit(Commit.ofRows(second));

      done.get();
      assertThatThrownBy(refused::get)
          .hasCauseInstanceOf(RefusedEntryException.class)
          .hasMessageContaining("a row 'k' stands in 'a' already");
      assertThat(ledger.row("a", "k")).contains(StringValue.of("1").toByteString());
      ledger.commit(Commit.ofRows(RowChange.remove("a", "k"))).get();
      ledger.commit(Commit.ofRows(second)).get();
      assertThat(ledger.row("a", "k")).contains(StringValue.of("2").toByteString());
    }
  }

  @Test
  void aSecondNodeOnTheSameLedgerIsRefused() throws Exception {
    try (Ledger _ = open(story.provider)) {
      assertThatThrownBy(() -> open(story.provider).close())
          .isInstanceOf(LedgerInUseException.class)
          .hasMessageContaining("another node has the ledger");
    }
  }

  @Test
  void anotherOwnersLedgerIsRefused() throws Exception {
    open(story.provider).close();

    assertThatThrownBy(() -> open(story.consumer).close())
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("belongs to another node");
  }

  @Test
  void aLedgerOfALaterFormatIsRefused() throws Exception {
    open(story.provider).close();
    tamper(Change.put(Table.META, Keys.ofText("format"), Keys.ofIndex(2)));

    assertThatThrownBy(() -> open(story.provider).close())
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void theReaderSeesALedgerThatNobodyHasOpen() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
    }
    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      assertThat(reader.size()).isEqualTo(2);
      assertThat(reader.verify().problem()).isEmpty();
    }
    assertThatThrownBy(() -> LedgerReader.openReadOnly(folder.resolve("none")))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("no ledger lies in");
  }

  @Test
  void verifyNamesTheFirstEntryThatWasChanged() throws Exception {
    byte[] altered;
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(ledger, story.measured("l1", 1, 1_000));
      add(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_000));
      LedgerEntry.Builder entry = ledger.entry(3).toBuilder();
      entry.getTransfersBuilder(0).setAmountMicros(101);
      altered = entry.build().toByteArray();
    }
    tamper(Change.put(Table.ENTRIES, Keys.ofIndex(3), altered));

    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      assertThat(reader.verify().problem())
          .contains(new Problem(3, "its transfers are not the ones that belong to it"));
    }
  }

  @Test
  void verifyNamesAnEntryWhoseChangeBreaksNoRule() throws Exception {
    byte[] shifted;
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(ledger, story.measured("l1", 1, 1_000));
      add(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_000));
      shifted = ledger.entry(3).toBuilder().setAppendTimeUnixMs(1_001).build().toByteArray();
    }
    tamper(Change.put(Table.ENTRIES, Keys.ofIndex(3), shifted));

    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      assertThat(reader.verify().problem())
          .contains(new Problem(3, "it is not the entry that the checkpoint was signed over"));
    }
  }

  @Test
  void verifyFindsChangedBalances() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(ledger, story.measured("l1", 1, 1_000));
      add(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_000));
    }
    Account account = Accounts.receivable(story.consumer.nodeId(), "USD");
    tamper(Change.put(Table.ACCOUNTS, account.toByteArray(), new byte[16]));
    assertThat(problem()).contains("balances");
  }

  @Test
  void verifyBlamesATileOfZerosAndNotTheEntriesUnderIt() throws Exception {
    try (Ledger ledger = open(story.provider)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
    }
    tamper(Change.put(Table.TILES, Keys.ofTile(0, 0), new byte[64]));
    assertThat(problem()).contains("tile 0/0");
  }

  @Test
  void aLostLogKeyIsReplacedByAnIntroducedOne() throws Exception {
    open(story.provider).close();
    Files.delete(folder.resolve("log.key"));

    try (Ledger ledger = open(story.provider)) {
      assertThat(ledger.size()).isEqualTo(2);
      assertThat(ledger.entry(1).hasKeyIntroduced()).isTrue();
      assertThat(ledger.verify().problem()).isEmpty();
    }
  }

  @Test
  void afterClosingNothingIsAccepted() throws Exception {
    Ledger ledger = open(story.provider);
    ledger.close();

    assertThatThrownBy(() -> ledger.commit(Commit.ofRows()).get())
        .hasCauseInstanceOf(LedgerUnavailableException.class)
        .hasMessageContaining("closed");
  }

  private Ledger open(SigningKey owner) throws LedgerException {
    return Ledger.open(folder, owner, CLOCK);
  }

  private void tamper(Change change) throws Exception {
    try (Store store = Store.open(folder.resolve("db"))) {
      store.write(List.of(change));
    }
  }

  private String problem() throws LedgerException {
    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      return reader.verify().problem().orElseThrow().sentence();
    }
  }

  private static void add(Ledger ledger, LedgerEntry entry) throws Exception {
    ledger.commit(Commit.of(entry)).get();
  }

  private static void assertRefused(Ledger ledger, LedgerEntry entry, String why) {
    assertThatThrownBy(() -> ledger.commit(Commit.of(entry)).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RefusedEntryException.class)
        .hasMessageContaining(why);
  }

  private static long balance(Ledger ledger, Account account) throws LedgerException {
    return ledger.balances().stream()
        .filter(b -> b.getAccount().equals(account))
        .mapToLong(
            b ->
                Accounts.balanceMicros(
                    account,
                    new org.gpumarket.ledger.books.Totals(b.getDebitMicros(), b.getCreditMicros())))
        .sum();
  }

  private static ByteString bytes(String text) {
    return StringValue.of(text).toByteString();
  }
}
