package org.gpumarket.ledger.store;

import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/** A store as it was at one moment, whatever is written meanwhile. Close it before the store. */
public final class StoreSnapshot extends StoreReads {
  private final RocksDB db;
  private final Snapshot snapshot;

  private StoreSnapshot(
      RocksDB db, Map<Table, ColumnFamilyHandle> families, Snapshot snapshot, ReadOptions options) {
    super(db, families, options);
    this.db = db;
    this.snapshot = snapshot;
  }

  static StoreSnapshot of(RocksDB db, Map<Table, ColumnFamilyHandle> families) {
    Snapshot snapshot = db.getSnapshot();
    // Reading everything once must not push out what the node reads all the time.
    ReadOptions options = new ReadOptions().setSnapshot(snapshot).setFillCache(false);
    return new StoreSnapshot(db, families, snapshot, options);
  }

  @Override
  public void close() {
    super.close();
    db.releaseSnapshot(snapshot);
    snapshot.close();
  }
}
