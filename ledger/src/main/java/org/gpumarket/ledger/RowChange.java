package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.Optional;

/**
 * A change to one of the node's own rows, kept in the same write as the entries.
 *
 * @param table groups rows; any text without a zero
 * @param key names the row in its table
 * @param value the row's new bytes; empty removes the row
 */
public record RowChange(String table, String key, Optional<ByteString> value) {
  public static RowChange put(String table, String key, MessageLite value) {
    return new RowChange(table, key, Optional.of(value.toByteString()));
  }

  public static RowChange remove(String table, String key) {
    return new RowChange(table, key, Optional.empty());
  }
}
