package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.gpumarket.ledger.books.Books;
import org.gpumarket.ledger.books.Totals;
import org.gpumarket.ledger.log.Tiles;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.StoreException;
import org.gpumarket.ledger.store.StoreReads;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.Account;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.BookedLease;
import org.gpumarket.v1.BookedPayout;
import org.gpumarket.v1.LedgerEntry;

/**
 * Reads a ledger, running or not. Safe for use by several threads.
 *
 * <p>Opened by itself it takes no lock and sees the ledger as it was at that moment.
 */
public final class LedgerReader implements ReadableLedger, AutoCloseable {
  static final String FORMAT_KEY = "format";
  static final String OWNER_KEY = "owner";
  static final String SIZE_KEY = "size";
  static final String CHECKPOINT_KEY = "checkpoint";
  static final String VERIFIED_KEY = "verified";

  /** The version of the layout under {@link Table}. */
  static final long FORMAT = 1;

  private final StoreReads store;

  LedgerReader(StoreReads store) {
    this.store = store;
  }

  /**
   * Opens the ledger in a folder for reading.
   *
   * @throws LedgerException with one sentence when there is none, or one of a later format
   */
  public static LedgerReader openReadOnly(Path folder) throws LedgerException {
    try {
      Store store = Store.openReadOnly(folder.resolve(Ledger.STORE_FOLDER));
      LedgerReader reader = new LedgerReader(store);
      reader.requireFormat();
      return reader;
    } catch (StoreException e) {
      throw new LedgerException(e.getMessage() == null ? "unreadable" : e.getMessage(), e);
    }
  }

  /** Whose ledger it is. */
  public NodeId owner() throws LedgerException {
    byte[] text = meta(OWNER_KEY).orElseThrow(() -> broken("it does not say whose it is"));
    try {
      return NodeId.parse(new String(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new LedgerException("the ledger's owner is unreadable: " + e.getMessage(), e);
    }
  }

  @Override
  public long size() throws LedgerException {
    byte[] size = meta(SIZE_KEY).orElse(Keys.ofIndex(0));
    if (size.length != Long.BYTES) {
      throw broken("its size is unreadable");
    }
    long entries = ByteBuffer.wrap(size).getLong();
    if (entries < 0) {
      throw broken("its size is unreadable");
    }
    return entries;
  }

  @Override
  public String checkpoint() throws LedgerException {
    return new String(meta(CHECKPOINT_KEY).orElse(new byte[0]), StandardCharsets.UTF_8);
  }

  @Override
  public LedgerEntry entry(long index) throws LedgerException {
    try {
      return LedgerEntry.parseFrom(entryBytes(index));
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("entry " + index + " is unreadable: " + e.getMessage(), e);
    }
  }

  /** An entry as it was hashed. */
  public byte[] entryBytes(long index) throws LedgerException {
    byte[] bytes = get(Table.ENTRIES, Keys.ofIndex(index));
    if (bytes.length == 0) {
      throw broken("entry " + index + " is missing");
    }
    return bytes;
  }

  @Override
  public List<AccountBalance> balances() throws LedgerException {
    List<AccountBalance> balances = new ArrayList<>();
    books().accounts().forEach((account, totals) -> balances.add(balance(account, totals)));
    balances.sort(ORDER);
    return List.copyOf(balances);
  }

  @Override
  public Optional<ByteString> row(String table, String key) throws LedgerException {
    try {
      byte[] value = store.get(Table.ROWS, Keys.ofRow(table, key));
      return Optional.ofNullable(value).map(ByteString::copyFrom);
    } catch (StoreException e) {
      throw unreadable(e);
    }
  }

  @Override
  public List<Row> rows(String table) throws LedgerException {
    List<Row> rows = new ArrayList<>();
    byte[] prefix = Keys.ofRow(table, "");
    scan(
        Table.ROWS,
        prefix,
        (key, value) ->
            rows.add(
                new Row(
                    new String(
                        key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8),
                    ByteString.copyFrom(value))));
    return List.copyOf(rows);
  }

  /** The tree's tiles as they are stored. */
  public Tiles tiles() {
    return (level, index) -> {
      try {
        byte[] tile = store.get(Table.TILES, Keys.ofTile(level, index));
        return tile == null ? new byte[0] : tile;
      } catch (StoreException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    };
  }

  @Override
  public VerifyReport verify() throws LedgerException {
    return verify(VerifyPlan.full());
  }

  /**
   * Checks as the plan says.
   *
   * @throws LedgerException when it cannot be read at all, or the plan's progress stops it
   */
  public VerifyReport verify(VerifyPlan plan) throws LedgerException {
    return new Verification(this, plan).report();
  }

  @Override
  public void close() {
    store.close();
  }

  static AccountBalance balance(Account account, Totals totals) {
    return AccountBalance.newBuilder()
        .setAccount(account)
        .setDebitMicros(totals.debits())
        .setCreditMicros(totals.credits())
        .build();
  }

  static final Comparator<AccountBalance> ORDER =
      Comparator.comparingInt((AccountBalance b) -> b.getAccount().getKindValue())
          .thenComparing(b -> b.getAccount().getCounterparty())
          .thenComparing(b -> b.getAccount().getLeaseId())
          .thenComparing(b -> b.getAccount().getRail())
          .thenComparing(b -> b.getAccount().getCurrencyCode());

  /** The books as they are stored. */
  Books books() throws LedgerException {
    Books books = Books.empty();
    scan(Table.ACCOUNTS, new byte[0], (key, value) -> restoreAccount(books, key, value));
    scan(
        Table.LEASES,
        new byte[0],
        (key, value) ->
            books.restoreLease(
                new String(key, StandardCharsets.UTF_8), parse(BookedLease.parser(), value)));
    scan(
        Table.PAYOUTS,
        new byte[0],
        (key, value) ->
            books.restorePayout(
                new String(key, StandardCharsets.UTF_8), parse(BookedPayout.parser(), value)));
    meta(BooksRows.LOG_KEY).ifPresent(key -> books.restoreLogKey(ByteString.copyFrom(key)));
    return books;
  }

  /**
   * The entries from one index on, as they were hashed: fewer than asked for when one is missing or
   * unreadable, and the sentence that says so.
   */
  EntryBytes entryBytes(long first, int count) {
    List<byte[]> entries = new ArrayList<>(count);
    try {
      store.page(
          Table.ENTRIES,
          Keys.ofIndex(first),
          count,
          (key, value) -> {
            if (Arrays.equals(key, Keys.ofIndex(first + entries.size()))) {
              entries.add(value);
            }
          });
    } catch (StoreException e) {
      return new EntryBytes(entries, Optional.of(String.valueOf(e.getMessage())));
    }
    return new EntryBytes(
        entries, entries.size() == count ? Optional.empty() : Optional.of("it is missing"));
  }

  /**
   * Entries in a row.
   *
   * @param end why there are fewer than asked for
   */
  record EntryBytes(List<byte[]> entries, Optional<String> end) {}

  /** What is stored under a key; empty when nothing is. */
  byte[] stored(Table table, byte[] key) throws LedgerException {
    return get(table, key);
  }

  long rowCount(Table table) throws LedgerException {
    long[] rows = new long[1];
    try {
      store.scan(table, new byte[0], (key, value) -> rows[0]++);
    } catch (StoreException e) {
      throw unreadable(e);
    }
    return rows[0];
  }

  /** How far the ledger was verified before; empty when nothing says so under the log key. */
  Optional<VerifiedHead> verifiedHead() throws LedgerException {
    byte[] note = meta(VERIFIED_KEY).orElse(new byte[0]);
    try {
      return VerifiedHead.open(
          new String(note, StandardCharsets.UTF_8),
          owner(),
          PublicKey.of(meta(BooksRows.LOG_KEY).orElse(new byte[0])));
    } catch (InvalidSignatureException _) {
      return Optional.empty();
    }
  }

  void requireFormat() throws LedgerException {
    byte[] format = meta(FORMAT_KEY).orElseThrow(() -> broken("it does not say its format"));
    long version = format.length == Long.BYTES ? ByteBuffer.wrap(format).getLong() : -1;
    if (version != FORMAT) {
      throw broken(
          "it is of format " + version + ", and this program reads format " + FORMAT + " only");
    }
  }

  Optional<byte[]> meta(String key) throws LedgerException {
    byte[] value = get(Table.META, Keys.ofText(key));
    return value.length == 0 ? Optional.empty() : Optional.of(value);
  }

  static LedgerException broken(String what) {
    return new LedgerException("the ledger cannot be used: " + what, new IllegalStateException());
  }

  private byte[] get(Table table, byte[] key) throws LedgerException {
    try {
      byte[] value = store.get(table, key);
      return value == null ? new byte[0] : value;
    } catch (StoreException e) {
      throw unreadable(e);
    }
  }

  private void scan(Table table, byte[] prefix, RowVisitor visitor) throws LedgerException {
    List<byte[][]> rows = new ArrayList<>();
    try {
      store.scan(table, prefix, (key, value) -> rows.add(new byte[][] {key, value}));
    } catch (StoreException e) {
      throw unreadable(e);
    }
    for (byte[][] row : rows) {
      try {
        visitor.visit(row[0], row[1]);
      } catch (InvalidProtocolBufferException e) {
        throw new LedgerException("a row of the books is unreadable: " + e.getMessage(), e);
      }
    }
  }

  private interface RowVisitor {
    void visit(byte[] key, byte[] value) throws InvalidProtocolBufferException;
  }

  private static <T> T parse(com.google.protobuf.Parser<T> parser, byte[] value)
      throws InvalidProtocolBufferException {
    return parser.parseFrom(value);
  }

  private static void restoreAccount(Books books, byte[] key, byte[] value)
      throws InvalidProtocolBufferException {
    if (value.length != 2 * Long.BYTES) {
      throw new InvalidProtocolBufferException("an account's totals of " + value.length + " bytes");
    }
    ByteBuffer totals = ByteBuffer.wrap(value);
    books.restore(Account.parseFrom(key), new Totals(totals.getLong(), totals.getLong()));
  }

  private static LedgerException unreadable(StoreException e) {
    return new LedgerException(String.valueOf(e.getMessage()), e);
  }
}
