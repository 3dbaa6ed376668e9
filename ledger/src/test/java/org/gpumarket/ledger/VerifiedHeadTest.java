package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.ledger.store.Change;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LedgerEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node remembers of its last check, and what that can be made to say. */
class VerifiedHeadTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000));
  private static final byte[] KEY = Keys.ofText(LedgerReader.VERIFIED_KEY);

  private final Story story = new Story();
  @TempDir Path folder;

  @BeforeEach
  void verifiedLedgerOfThree() throws Exception {
    try (Ledger ledger = open(folder)) {
      add(ledger, agreed("l1"));
      add(ledger, agreed("l2"));
      assertThat(ledger.verify().verifiedBefore()).isZero();
    }
  }

  @Test
  void whatWasVerifiedIsRememberedAndWhatIsNewIsNot() throws Exception {
    try (Ledger ledger = open(folder)) {
      add(ledger, agreed("l3"));
      assertThat(ledger.verify(sinceLast()).verifiedBefore()).isEqualTo(3);
      assertThat(ledger.verify(sinceLast()).verifiedBefore()).isEqualTo(4);
      assertThat(ledger.verify(VerifyPlan.full()).verifiedBefore()).isZero();
    }
  }

  @Test
  void aReaderUsesWhatTheNodeRemembersAndWritesNothing() throws Exception {
    try (Ledger ledger = open(folder)) {
      add(ledger, agreed("l3"));
    }
    for (int time = 0; time < 2; time++) {
      assertThat(read(folder).verifiedBefore()).isEqualTo(3);
    }
  }

  @Test
  void aForgedSignatureInANewEntryIsFound() throws Exception {
    LedgerEntry.Builder forged = agreed("l3").toBuilder();
    forged
        .getLeaseAgreedBuilder()
        .getConsumerLeaseBuilder()
        .setSignature(ByteString.copyFrom(new byte[64]));
    try (Ledger ledger = open(folder)) {
      add(ledger, forged.build());
      for (int time = 0; time < 2; time++) {
        assertThat(ledger.verify(sinceLast()).problem())
            .contains(new Problem(3, "the signature under this lease is not its signer's"));
      }
    }
  }

  @Test
  void aRecordWithABitChangedCountsForNothing() throws Exception {
    byte[] record = record(folder);
    Random random = new Random(7);
    for (int time = 0; time < 60; time++) {
      byte[] changed = record.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      put(folder, KEY, changed);

      assertThat(read(folder).verifiedBefore()).isZero();
      assertThat(read(folder).problem()).isEmpty();
    }
  }

  @Test
  void aRecordUnderAnotherKeyCountsForNothing() throws Exception {
    VerifiedHead head = head(folder);
    put(folder, KEY, Keys.ofText(head.sign(Story.key(9))));

    assertThat(read(folder).verifiedBefore()).isZero();
  }

  @Test
  void aCheckpointIsNoRecord() throws Exception {
    put(folder, KEY, Keys.ofText(read(folder).checkpoint()));

    assertThat(read(folder).verifiedBefore()).isZero();
  }

  @Test
  void aLostLogKeyLosesWhatItSigned() throws Exception {
    Files.delete(folder.resolve("log.key"));
    open(folder).close();

    assertThat(read(folder).verifiedBefore()).isZero();
    assertThat(read(folder).problem()).isEmpty();
  }

  @Test
  void otherBooksOfTheSameEntriesAreComputedWithEverySignature() throws Exception {
    VerifiedHead head = head(folder);
    VerifiedHead byOtherRules =
        new VerifiedHead(head.owner(), head.size(), head.root(), ByteString.copyFrom(new byte[32]));
    put(folder, KEY, Keys.ofText(byOtherRules.sign(logKey(folder))));

    assertThat(read(folder).verifiedBefore()).isZero();
    assertThat(read(folder).problem()).isEmpty();
  }

  @Test
  void aHistoryWrittenAnewUnderTheSameKeysIsNotTheOneThatWasVerified() throws Exception {
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.copy(folder.resolve("log.key"), other.resolve("log.key"));
    try (Ledger ledger = open(other)) {
      add(ledger, agreed("m1"));
      add(ledger, agreed("m2"));
      add(ledger, agreed("m3"));
    }
    put(other, KEY, record(folder));

    String sentence = "its first 3 entries are not those that were verified before";
    assertThat(read(other).problem()).contains(new Problem(-1, sentence));
    try (LedgerReader reader = LedgerReader.openReadOnly(other)) {
      assertThat(reader.verify().problem()).contains(new Problem(-1, sentence));
    }
  }

  @Test
  void aHistoryCutShortIsMissed() throws Exception {
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.copy(folder.resolve("log.key"), other.resolve("log.key"));
    try (Ledger ledger = open(other)) {
      add(ledger, agreed("l1"));
    }
    put(other, KEY, record(folder));

    assertThat(read(other).problem())
        .contains(new Problem(-1, "3 entries were verified before, and only 2 are left"));
  }

  private static VerifyPlan sinceLast() {
    return VerifyPlan.of(VerifyScope.SINCE_LAST);
  }

  private static VerifyReport read(Path folder) throws LedgerException {
    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      return reader.verify(sinceLast());
    }
  }

  private static VerifiedHead head(Path folder) throws LedgerException {
    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      return reader.verifiedHead().orElseThrow();
    }
  }

  private static byte[] record(Path folder) throws LedgerException {
    try (LedgerReader reader = LedgerReader.openReadOnly(folder)) {
      return reader.meta(LedgerReader.VERIFIED_KEY).orElseThrow();
    }
  }

  private static SigningKey logKey(Path folder) throws LedgerException {
    return LogKeyFile.loadOrCreate(folder.resolve("log.key"));
  }

  private static void put(Path folder, byte[] key, byte[] value) throws Exception {
    try (Store store = Store.open(folder.resolve(Ledger.STORE_FOLDER))) {
      store.write(List.of(Change.put(Table.META, key, value)));
    }
  }

  private LedgerEntry agreed(String leaseId) {
    return story.agreed(leaseId, LeaseRole.LEASE_ROLE_PROVIDER);
  }

  private Ledger open(Path where) throws LedgerException {
    return Ledger.open(where, story.provider, CLOCK);
  }

  private static void add(Ledger ledger, LedgerEntry entry) throws Exception {
    ledger.commit(Commit.of(entry)).get();
  }
}
