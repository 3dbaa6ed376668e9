package org.gpumarket.ledger.log;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Checks what {@link Tiles} proves. Needs nothing but the proof (RFC 9162, sections 2.1.3, 2.1.4).
 */
public final class Proofs {
  private Proofs() {}

  /** Whether the proof shows the leaf at its place in the tree of this size and root. */
  public static boolean includes(
      byte[] root, long size, long leaf, byte[] leafHash, List<byte[]> proof) {
    if (leaf < 0 || leaf >= size) {
      return false;
    }
    long node = leaf;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : proof) {
      if (last == 0 || sibling.length != Hashes.BYTES) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = Hashes.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = Hashes.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(hash, root);
  }

  /** Whether the proof shows that the old tree is the beginning of the new one. */
  public static boolean consistent(
      long oldSize, byte[] oldRoot, long newSize, byte[] newRoot, List<byte[]> proof) {
    if (oldSize < 1
        || oldSize > newSize
        || proof.stream().anyMatch(h -> h.length != Hashes.BYTES)) {
      return false;
    }
    if (oldSize == newSize) {
      return proof.isEmpty() && Arrays.equals(oldRoot, newRoot);
    }
    Iterator<byte[]> path = proof.iterator();
    boolean power = Long.bitCount(oldSize) == 1;
    if (!power && !path.hasNext()) {
      return false;
    }
    byte[] first = power ? oldRoot : path.next();
    int trailing = Long.numberOfTrailingZeros(~(oldSize - 1));
    long node = (oldSize - 1) >> trailing;
    long last = (newSize - 1) >> trailing;
    byte[] oldHash = first;
    byte[] newHash = first;
    while (path.hasNext()) {
      byte[] sibling = path.next();
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldHash = Hashes.node(sibling, oldHash);
        newHash = Hashes.node(sibling, newHash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        newHash = Hashes.node(newHash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(oldHash, oldRoot) && Arrays.equals(newHash, newRoot);
  }
}
