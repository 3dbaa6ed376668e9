package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.TreeMap;
import org.gpumarket.ledger.books.Books;
import org.gpumarket.ledger.books.Totals;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Table;

/** The rows that books are stored in: the writer puts these, and verifying wants these. */
final class BooksRows {
  static final String LOG_KEY = "log-key";

  private BooksRows() {}

  /** Shows every row of these books, or of this draft alone. */
  static <E extends Exception> void forEach(Books books, Visitor<E> visitor) throws E {
    for (var account : books.accounts().entrySet()) {
      visitor.row(Table.ACCOUNTS, account.getKey().toByteArray(), bytes(account.getValue()));
    }
    for (var lease : books.leases().entrySet()) {
      visitor.row(Table.LEASES, Keys.ofText(lease.getKey()), lease.getValue().toByteArray());
    }
    for (var payout : books.payouts().entrySet()) {
      visitor.row(Table.PAYOUTS, Keys.ofText(payout.getKey()), payout.getValue().toByteArray());
    }
    if (books.logKey().isPresent()) {
      visitor.row(Table.META, Keys.ofText(LOG_KEY), books.logKey().get().toByteArray());
    }
  }

  /** One value for all rows: SHA-256 over each with its lengths, in the order of the keys. */
  static ByteString digest(Books books) {
    SortedMap<ByteString, ByteString> rows =
        new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    forEach(
        books,
        (table, key, value) ->
            rows.put(
                ByteString.copyFromUtf8(table.name() + "\0").concat(ByteString.copyFrom(key)),
                ByteString.copyFrom(value)));
    MessageDigest digest = Hashes.sha256();
    rows.forEach(
        (key, value) -> {
          digest.update(
              ByteBuffer.allocate(2 * Integer.BYTES)
                  .putInt(key.size())
                  .putInt(value.size())
                  .array());
          digest.update(key.toByteArray());
          digest.update(value.toByteArray());
        });
    return ByteString.copyFrom(digest.digest());
  }

  private static byte[] bytes(Totals totals) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(totals.debits())
        .putLong(totals.credits())
        .array();
  }

  /** Sees one row. */
  @FunctionalInterface
  interface Visitor<E extends Exception> {
    void row(Table table, byte[] key, byte[] value) throws E;
  }
}
