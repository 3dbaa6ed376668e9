package org.gpumarket.ledger.log;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Leaves that are being added to a stored tree. What it changes lies in {@link #changed} until the
 * caller stores it; dropping the batch leaves the stored tree as it was. Used by one thread.
 */
public final class TreeBatch implements Tiles {
  /** Where a tile stands. */
  public record TileId(int level, long index) implements Comparable<TileId> {
    @Override
    public int compareTo(TileId other) {
      int levels = Integer.compare(level, other.level);
      return levels != 0 ? levels : Long.compare(index, other.index);
    }
  }

  private final Tiles stored;
  private final Map<TileId, Growing> changed = new HashMap<>();
  private long size;

  /** Adds to the tree of {@code size} leaves that {@code stored} holds. */
  public TreeBatch(Tiles stored, long size) {
    this.stored = stored;
    this.size = size;
  }

  /** Adds a leaf by its hash ({@link Hashes#leaf}). */
  public void append(byte[] leafHash) {
    add(0, size, leafHash);
    size++;
  }

  public long size() {
    return size;
  }

  /** The root over the stored leaves and the added ones. */
  public byte[] root() {
    return root(size);
  }

  /** Every tile that is not as it was stored, whole, in the order of level and index. */
  public SortedMap<TileId, byte[]> changed() {
    SortedMap<TileId, byte[]> tiles = new TreeMap<>();
    changed.forEach((id, tile) -> tiles.put(id, tile.hashes()));
    return tiles;
  }

  /**
   * The tiles that became full since the last call, in the order of level and index. The batch
   * forgets them: no later leaf and no root of its whole size needs them, but proofs may.
   */
  public SortedMap<TileId, byte[]> takeFull() {
    SortedMap<TileId, byte[]> full = new TreeMap<>();
    changed
        .entrySet()
        .removeIf(
            tile -> {
              if (tile.getValue().full()) {
                full.put(tile.getKey(), tile.getValue().hashes());
              }
              return tile.getValue().full();
            });
    return full;
  }

  @Override
  public byte[] tile(int level, long index) {
    Growing tile = changed.get(new TileId(level, index));
    return tile != null ? tile.hashes() : stored.tile(level, index);
  }

  private void add(int level, long number, byte[] hash) {
    long index = number >> HEIGHT;
    Growing tile =
        changed.computeIfAbsent(
            new TileId(level, index),
            id ->
                new Growing(
                    (number & (WIDTH - 1)) == 0 ? new byte[0] : stored.tile(level, id.index())));
    tile.add(hash);
    if (tile.full()) {
      add(level + 1, index, Tiles.fold(tile.hashes()));
    }
  }

  /** A tile with room for all its hashes. */
  private static final class Growing {
    private final byte[] room = new byte[WIDTH * Hashes.BYTES];
    private int length;

    Growing(byte[] hashes) {
      System.arraycopy(hashes, 0, room, 0, hashes.length);
      length = hashes.length;
    }

    void add(byte[] hash) {
      System.arraycopy(hash, 0, room, length, Hashes.BYTES);
      length += Hashes.BYTES;
    }

    boolean full() {
      return length == room.length;
    }

    byte[] hashes() {
      return Arrays.copyOf(room, length);
    }
  }
}
