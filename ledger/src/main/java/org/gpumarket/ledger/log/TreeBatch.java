package org.gpumarket.ledger.log;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Leaves that are being added to a stored tree. What it changes lies in {@link #changed} until the
 * caller stores it; dropping the batch leaves the stored tree as it was. Used by one thread.
 */
public final class TreeBatch implements Tiles {
  /** Where a tile stands. */
  public record TileId(int level, long index) {}

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

  /** Every tile that is not as it was stored, whole. */
  public Map<TileId, byte[]> changed() {
    Map<TileId, byte[]> tiles = new HashMap<>();
    changed.forEach((id, tile) -> tiles.put(id, tile.hashes()));
    return tiles;
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
