package org.gpumarket.ledger.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How keys are written, so that their order is the order of what they name. */
public final class Keys {
  private Keys() {}

  public static byte[] ofText(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] ofIndex(long index) {
    return ByteBuffer.allocate(Long.BYTES).putLong(index).array();
  }

  public static byte[] ofTile(int level, long index) {
    return ByteBuffer.allocate(1 + Long.BYTES).put((byte) level).putLong(index).array();
  }

  /**
   * A row's key.
   *
   * @throws IllegalArgumentException when the table's name holds a zero
   */
  public static byte[] ofRow(String table, String key) {
    if (table.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a table's name with a zero in it");
    }
    return ofText(table + "\0" + key);
  }
}
