package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gpumarket.v1.LeaseRole.LEASE_ROLE_PROVIDER;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.gpumarket.ledger.store.Change;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.LeaseChanged;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.SignedEnvelope;

/** No bit of what is stored can change without a word from {@code verify}. */
class SingleBitTest {
  /** More than a tile's worth, so that the tree has a second level. */
  private static final int PAUSES = 130;

  private static Path folder = Path.of("");
  private static Optional<Store> store = Optional.empty();

  /** A row as it was before a bit of it was changed. */
  record StoredRow(Table table, ByteString key, ByteString value) {
    byte[] keyBytes() {
      return key.toByteArray();
    }

    byte[] valueBytes() {
      return value.toByteArray();
    }

    byte[] withFlipped(int bit) {
      byte[] changed = valueBytes();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      return changed;
    }
  }

  @BeforeContainer
  static void write() throws Exception {
    folder = Files.createTempDirectory("single-bit");
    Story story = new Story();
    SignedEnvelope payout = story.payout(50, "bank-1");
    AtomicLong clock = new AtomicLong(1_000);
    InstantSource ticking = () -> Instant.ofEpochMilli(clock.addAndGet(64));
    try (Ledger ledger = Ledger.open(folder, story.provider, ticking)) {
      add(ledger, story.agreed("l1", LEASE_ROLE_PROVIDER));
      add(ledger, changed(LeaseState.LEASE_STATE_RUNNING));
      add(ledger, story.measured("l1", 1, 1_999));
      add(ledger, story.vouchered("l1", LEASE_ROLE_PROVIDER, 1_999));
      for (int pause = 0; pause < PAUSES; pause++) {
        add(ledger, changed(LeaseState.LEASE_STATE_SUSPENDED));
        add(ledger, changed(LeaseState.LEASE_STATE_RUNNING));
      }
      add(ledger, Story.recorded(payout));
      assertThat(ledger.verify().problem()).isEmpty();
      add(ledger, story.confirmed(payout, Story.Answer.RECEIVED));
    }
    store = Optional.of(Store.open(folder.resolve(Ledger.STORE_FOLDER)));
    assertThat(verify()).isEmpty();
  }

  @AfterContainer
  static void remove() throws IOException {
    store.orElseThrow().close();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Property(tries = 150)
  void anEntryWithABitChangedIsNamed(
      @ForAll("entries") StoredRow row, @ForAll @IntRange(max = Integer.MAX_VALUE) int any)
      throws Exception {
    assertThat(problemWith(row, any).index()).isEqualTo(index(row));
  }

  @Property(tries = 150)
  void aBitChangedBesideTheEntriesIsFoundAndNoEntryBlamed(
      @ForAll("derived") StoredRow row, @ForAll @IntRange(max = Integer.MAX_VALUE) int any)
      throws Exception {
    assertThat(problemWith(row, any).index()).isEqualTo(-1);
  }

  @Property(tries = 30)
  void aRowThatIsGoneIsMissed(@ForAll("any") StoredRow row) throws Exception {
    Problem problem = problemAfter(row, Change.remove(row.table(), row.keyBytes()));
    assertThat(problem.index()).isEqualTo(row.table() == Table.ENTRIES ? index(row) : -1);
  }

  @Property(tries = 30)
  void aRowThatIsTooManyIsFound(@ForAll("books") StoredRow row) throws Exception {
    Change more = Change.put(row.table(), Keys.ofText("zz"), row.valueBytes());
    store.orElseThrow().write(List.of(more));
    try {
      assertThat(verify().orElseThrow().sentence()).contains("not the ones of these entries");
    } finally {
      store.orElseThrow().write(List.of(Change.remove(row.table(), Keys.ofText("zz"))));
    }
  }

  @Provide
  static Arbitrary<StoredRow> entries() throws Exception {
    return Arbitraries.of(rows(Table.ENTRIES));
  }

  @Provide
  static Arbitrary<StoredRow> books() throws Exception {
    List<StoredRow> rows = new ArrayList<>(rows(Table.ACCOUNTS));
    rows.addAll(rows(Table.LEASES));
    rows.addAll(rows(Table.PAYOUTS));
    return Arbitraries.of(rows);
  }

  /** Tiles, the books, the checkpoint and the key it is checked with. */
  @Provide
  static Arbitrary<StoredRow> derived() throws Exception {
    List<StoredRow> meta =
        rows(Table.META).stream()
            .filter(
                row ->
                    List.of(LedgerReader.CHECKPOINT_KEY, BooksRows.LOG_KEY)
                        .contains(
                            new String(row.keyBytes(), java.nio.charset.StandardCharsets.UTF_8)))
            .toList();
    assertThat(meta).hasSize(2);
    return Arbitraries.oneOf(books(), Arbitraries.of(meta), Arbitraries.of(rows(Table.TILES)));
  }

  @Provide
  static Arbitrary<StoredRow> any() throws Exception {
    return Arbitraries.oneOf(entries(), derived());
  }

  private static Problem problemWith(StoredRow row, int any) throws Exception {
    byte[] changed = row.withFlipped(any % (row.value().size() * 8));
    return problemAfter(row, Change.put(row.table(), row.keyBytes(), changed));
  }

  private static Problem problemAfter(StoredRow row, Change change) throws Exception {
    store.orElseThrow().write(List.of(change));
    try {
      return verify().orElseThrow();
    } finally {
      store.orElseThrow().write(List.of(Change.put(row.table(), row.keyBytes(), row.valueBytes())));
    }
  }

  /** What a check finds, with every signature and with the remembered ones passed over alike. */
  private static Optional<Problem> verify() throws LedgerException {
    LedgerReader reader = new LedgerReader(store.orElseThrow());
    Optional<Problem> full = reader.verify().problem();
    Optional<Problem> sinceLast = reader.verify(VerifyPlan.of(VerifyScope.SINCE_LAST)).problem();
    assertThat(sinceLast.map(Problem::index)).isEqualTo(full.map(Problem::index));
    return full;
  }

  private static List<StoredRow> rows(Table table) throws Exception {
    List<StoredRow> rows = new ArrayList<>();
    store
        .orElseThrow()
        .scan(
            table,
            new byte[0],
            (key, value) ->
                rows.add(
                    new StoredRow(table, ByteString.copyFrom(key), ByteString.copyFrom(value))));
    return rows;
  }

  private static long index(StoredRow row) {
    return ByteBuffer.wrap(row.keyBytes()).getLong();
  }

  private static LedgerEntry changed(LeaseState state) {
    return LedgerEntry.newBuilder()
        .setLeaseChanged(LeaseChanged.newBuilder().setLeaseId("l1").setState(state))
        .build();
  }

  private static void add(Ledger ledger, LedgerEntry entry) throws Exception {
    ledger.commit(Commit.of(entry)).get();
  }
}
