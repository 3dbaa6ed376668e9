package org.gpumarket.ledger.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tree that is stored as C2SP tlog-tiles, and all that can be computed from it.
 *
 * <p>Tile {@code (level, index)} holds up to 256 hashes of 32 bytes: hash {@code i} is the root of
 * the complete subtree of 256^level leaves that starts at leaf {@code (index × 256 + i) ×
 * 256^level}. A tile on the right edge is partial; the ones above it know nothing of it until it is
 * full.
 */
@FunctionalInterface
public interface Tiles {
  /** Hashes in a full tile (C2SP tlog-tiles). */
  int WIDTH = 256;

  /** log2 of {@link #WIDTH}. */
  int HEIGHT = 8;

  /** The hashes of a tile one after another; empty when there are none. */
  byte[] tile(int level, long index);

  /** The root of the tree of the first {@code size} leaves. */
  default byte[] root(long size) {
    return size == 0 ? Hashes.empty() : range(0, size);
  }

  /**
   * The path from a leaf to the root (RFC 6962, section 2.1.1), the leaf's own hash left out.
   *
   * @throws IndexOutOfBoundsException when the tree has no such leaf
   */
  default List<byte[]> inclusionProof(long leaf, long size) {
    if (leaf < 0 || leaf >= size) {
      throw new IndexOutOfBoundsException("no leaf " + leaf + " in a tree of " + size);
    }
    List<byte[]> path = new ArrayList<>();
    long low = 0;
    long high = size;
    while (high - low > 1) {
      long middle = low + split(high - low);
      if (leaf < middle) {
        path.addFirst(range(middle, high));
        high = middle;
      } else {
        path.addFirst(range(low, middle));
        low = middle;
      }
    }
    return List.copyOf(path);
  }

  /**
   * The proof that one tree is a beginning of another (RFC 6962, section 2.1.2).
   *
   * @throws IndexOutOfBoundsException when the old tree is the larger one or empty
   */
  default List<byte[]> consistencyProof(long oldSize, long newSize) {
    if (oldSize < 1 || oldSize > newSize) {
      throw new IndexOutOfBoundsException("no proof from " + oldSize + " to " + newSize);
    }
    List<byte[]> path = new ArrayList<>();
    long low = 0;
    long high = newSize;
    boolean whole = true;
    while (high != oldSize) {
      long middle = low + split(high - low);
      if (oldSize <= middle) {
        path.addFirst(range(middle, high));
        high = middle;
      } else {
        path.addFirst(range(low, middle));
        low = middle;
        whole = false;
      }
    }
    if (!whole) {
      path.addFirst(range(low, high));
    }
    return List.copyOf(path);
  }

  private byte[] range(long low, long high) {
    long length = high - low;
    if (Long.bitCount(length) == 1) {
      int height = Long.numberOfTrailingZeros(length);
      return subtree(height, low >> height);
    }
    long middle = low + split(length);
    return Hashes.node(range(low, middle), range(middle, high));
  }

  /** The root of the complete subtree of 2^height leaves with this number among its like. */
  private byte[] subtree(int height, long number) {
    int level = height / HEIGHT;
    int above = height % HEIGHT;
    long first = number << above;
    int offset = (int) (first & (WIDTH - 1)) * Hashes.BYTES;
    int length = Hashes.BYTES << above;
    byte[] tile = tile(level, first >> HEIGHT);
    if (tile.length < offset + length) {
      throw new IllegalStateException(
          "tile " + level + "/" + (first >> HEIGHT) + " lacks hashes that the tree has");
    }
    return fold(Arrays.copyOfRange(tile, offset, offset + length));
  }

  /** The root over hashes whose count is a power of two. */
  static byte[] fold(byte[] hashes) {
    byte[] row = hashes;
    while (row.length > Hashes.BYTES) {
      byte[] next = new byte[row.length / 2];
      for (int at = 0; at < next.length; at += Hashes.BYTES) {
        byte[] node =
            Hashes.node(
                Arrays.copyOfRange(row, 2 * at, 2 * at + Hashes.BYTES),
                Arrays.copyOfRange(row, 2 * at + Hashes.BYTES, 2 * at + 2 * Hashes.BYTES));
        System.arraycopy(node, 0, next, at, Hashes.BYTES);
      }
      row = next;
    }
    return row;
  }

  /** The largest power of two smaller than {@code length}; RFC 6962 calls it k. */
  private static long split(long length) {
    return Long.highestOneBit(length - 1);
  }
}
