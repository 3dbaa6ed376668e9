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
 * @param before what may stand there: where there is a row that may not, the commit is refused
 */
public record RowChange(String table, String key, Optional<ByteString> value, Before before) {
  /** What may stand in the row's place. */
  public enum Before {
    ANYTHING,
    NOTHING
  }

  public RowChange(String table, String key, Optional<ByteString> value) {
    this(table, key, value, Before.ANYTHING);
  }

  public static RowChange put(String table, String key, MessageLite value) {
    return new RowChange(table, key, Optional.of(value.toByteString()));
  }

  /** A row that is new: a commit that would write over another is refused. */
  public static RowChange create(String table, String key, MessageLite value) {
    return new RowChange(table, key, Optional.of(value.toByteString()), Before.NOTHING);
  }

  public static RowChange remove(String table, String key) {
    return new RowChange(table, key, Optional.empty());
  }
}
