package org.gpumarket.ledger.store;

import org.jspecify.annotations.Nullable;

/** One key's new value, or its removal. */
public final class Change {
  private final Table table;
  private final byte[] key;
  private final byte @Nullable [] value;

  private Change(Table table, byte[] key, byte @Nullable [] value) {
    this.table = table;
    this.key = key;
    this.value = value;
  }

  public static Change put(Table table, byte[] key, byte[] value) {
    return new Change(table, key, value);
  }

  public static Change remove(Table table, byte[] key) {
    return new Change(table, key, null);
  }

  Table table() {
    return table;
  }

  byte[] key() {
    return key;
  }

  byte @Nullable [] value() {
    return value;
  }
}
