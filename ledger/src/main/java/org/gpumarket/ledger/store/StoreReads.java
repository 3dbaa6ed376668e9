package org.gpumarket.ledger.store;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What can be read from a store, as it is or as it was. Safe for use by several threads. */
public abstract sealed class StoreReads implements AutoCloseable permits Store, StoreSnapshot {
  private final RocksDB db;
  private final Map<Table, ColumnFamilyHandle> families;
  private final ReadOptions options;

  StoreReads(RocksDB db, Map<Table, ColumnFamilyHandle> families, ReadOptions options) {
    this.db = db;
    this.families = families;
    this.options = options;
  }

  /** The value, or nothing. */
  public byte @Nullable [] get(Table table, byte[] key) throws StoreException {
    try {
      return db.get(family(table), options, key);
    } catch (RocksDBException e) {
      throw Store.failure("read the ledger", e);
    }
  }

  /** Calls the visitor with each key that begins with the prefix, in the order of the bytes. */
  public void scan(Table table, byte[] prefix, Visitor visitor) throws StoreException {
    try (RocksIterator rows = db.newIterator(family(table), options)) {
      for (rows.seek(prefix); rows.isValid() && startsWith(rows.key(), prefix); rows.next()) {
        visitor.visit(rows.key(), rows.value());
      }
      rows.status();
    } catch (RocksDBException e) {
      throw Store.failure("read the ledger", e);
    }
  }

  /** Calls the visitor with at most {@code limit} rows from this key on, in the order of bytes. */
  public void page(Table table, byte[] from, int limit, Visitor visitor) throws StoreException {
    try (RocksIterator rows = db.newIterator(family(table), options)) {
      rows.seek(from);
      for (int row = 0; row < limit && rows.isValid(); row++) {
        visitor.visit(rows.key(), rows.value());
        rows.next();
      }
      rows.status();
    } catch (RocksDBException e) {
      throw Store.failure("read the ledger", e);
    }
  }

  @Override
  public void close() {
    options.close();
  }

  ColumnFamilyHandle family(Table table) {
    return Objects.requireNonNull(families.get(table));
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Sees one row. */
  @FunctionalInterface
  public interface Visitor {
    void visit(byte[] key, byte[] value) throws StoreException;
  }
}
