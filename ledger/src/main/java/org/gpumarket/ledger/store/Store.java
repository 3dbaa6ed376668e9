package org.gpumarket.ledger.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The RocksDB under a ledger. Reads may come from several threads; writes come from one. After a
 * crash, opening finds every batch whole or not at all and needs no repair.
 */
public final class Store extends StoreReads {
  private static final long WRITE_BUFFER_BYTES = 8L << 20;
  private static final int OPEN_FILES = 256;
  private static final long WAL_BYTES = 64L << 20;
  private static final int BLOOM_BITS_PER_KEY = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final DBOptions options;
  private final ColumnFamilyOptions familyOptions;
  private final BloomFilter bloom;
  private final RocksDB db;
  private final Map<Table, ColumnFamilyHandle> families;
  private final WriteOptions synced = new WriteOptions().setSync(true);

  private Store(
      DBOptions options,
      ColumnFamilyOptions familyOptions,
      BloomFilter bloom,
      RocksDB db,
      Map<Table, ColumnFamilyHandle> families) {
    super(db, families, new ReadOptions());
    this.options = options;
    this.familyOptions = familyOptions;
    this.bloom = bloom;
    this.db = db;
    this.families = families;
  }

  /** Opens for reading and writing, and makes what is missing. Locks the folder. */
  public static Store open(Path folder) throws StoreException {
    return open(folder, true);
  }

  /** Opens what is there for reading. Takes no lock, and sees nothing written later. */
  public static Store openReadOnly(Path folder) throws StoreException {
    if (!Files.exists(folder.resolve("CURRENT"))) {
      throw new StoreException(
          StoreException.Cause.FAILED, "no ledger lies in " + folder, new IOException());
    }
    return open(folder, false);
  }

  private static Store open(Path folder, boolean writable) throws StoreException {
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            // A bit that flipped shall be found when it is read, not when it is paid out.
            .setParanoidChecks(true)
            // A torn tail was never acknowledged; anything else in the log is damage.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setMaxOpenFiles(OPEN_FILES)
            .setMaxTotalWalSize(WAL_BYTES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2);
    BloomFilter bloom = new BloomFilter(BLOOM_BITS_PER_KEY);
    ColumnFamilyOptions familyOptions =
        new ColumnFamilyOptions()
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            // Hashes and signatures do not compress; entries do a little, and LZ4 costs nothing.
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(bloom));
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (Table table : Table.values()) {
      descriptors.add(
          new ColumnFamilyDescriptor(
              table.familyName().getBytes(StandardCharsets.UTF_8), familyOptions));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      Files.createDirectories(folder);
      RocksDB db =
          writable
              ? RocksDB.open(options, folder.toString(), descriptors, handles)
              : RocksDB.openReadOnly(options, folder.toString(), descriptors, handles);
      Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
      Iterator<ColumnFamilyHandle> opened = handles.iterator();
      for (Table table : Table.values()) {
        families.put(table, opened.next());
      }
      return new Store(options, familyOptions, bloom, db, families);
    } catch (RocksDBException e) {
      options.close();
      familyOptions.close();
      bloom.close();
      throw failure("open the ledger in " + folder, e);
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Cause.FAILED,
          "cannot make the folder " + folder + ": " + e.getMessage(),
          e);
    }
  }

  /** The store as it is now, to be read while it changes. */
  public StoreSnapshot snapshot() {
    return StoreSnapshot.of(db, families);
  }

  /** Writes all changes, or none, and returns when they are on the disk. */
  public void write(List<Change> changes) throws StoreException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Change change : changes) {
        byte[] value = change.value();
        if (value == null) {
          batch.delete(family(change.table()), change.key());
        } else {
          batch.put(family(change.table()), change.key(), value);
        }
      }
      db.write(synced, batch);
    } catch (RocksDBException e) {
      throw failure("write the ledger", e);
    }
  }

  @Override
  public void close() {
    super.close();
    families.values().forEach(ColumnFamilyHandle::close);
    db.close();
    synced.close();
    options.close();
    familyOptions.close();
    bloom.close();
  }

  static StoreException failure(String what, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    Status status = e.getStatus();
    StoreException.Cause cause =
        lower.contains("no space left")
                || (status != null && status.getSubCode() == Status.SubCode.NoSpace)
            ? StoreException.Cause.NO_SPACE
            : lower.contains("lock file") || lower.contains("lock hold")
                ? StoreException.Cause.LOCKED
                : StoreException.Cause.FAILED;
    return new StoreException(cause, "cannot " + what + ": " + message, e);
  }
}
