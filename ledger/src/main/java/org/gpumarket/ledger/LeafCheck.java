package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Optional;
import org.gpumarket.ledger.log.Checkpoint;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.log.NoteKey;
import org.gpumarket.ledger.log.Proofs;
import org.gpumarket.ledger.log.Tiles;
import org.gpumarket.ledger.log.TreeBatch;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.PublicKey;

/**
 * Finds the entries whose hash is not the one in the tree, and tells a changed entry from a changed
 * tile by what the checkpoint has signed. Used by one thread.
 */
final class LeafCheck {
  private final LedgerReader ledger;
  private final long size;
  private final Optional<byte[]> signedRoot;
  private byte[] tile = new byte[0];
  private long tileIndex = -1;
  private Optional<Boolean> entriesAsSigned = Optional.empty();

  LeafCheck(LedgerReader ledger, long size) throws LedgerException {
    this.ledger = ledger;
    this.size = size;
    this.signedRoot = signedRoot(ledger, size);
  }

  /** Whether this entry is another than the one that the checkpoint was signed over. */
  boolean changed(long index, byte[] leaf) {
    if (index / Tiles.WIDTH != tileIndex) {
      tileIndex = index / Tiles.WIDTH;
      tile = storedTile(tileIndex);
    }
    int at = (int) (index % Tiles.WIDTH) * Hashes.BYTES;
    if (tile.length >= at + Hashes.BYTES
        && Arrays.equals(tile, at, at + Hashes.BYTES, leaf, 0, Hashes.BYTES)) {
      return false;
    }
    return !provedByOtherTiles(index, leaf) && !entriesAsSigned();
  }

  private byte[] storedTile(long index) {
    try {
      return ledger.tiles().tile(0, index);
    } catch (IllegalStateException _) {
      return new byte[0];
    }
  }

  private boolean provedByOtherTiles(long index, byte[] leaf) {
    try {
      return signedRoot.isPresent()
          && Proofs.includes(
              signedRoot.get(), size, index, leaf, ledger.tiles().inclusionProof(index, size));
    } catch (IllegalStateException _) {
      return false;
    }
  }

  /** Hashes every entry, at most once: where several tiles are wrong nothing less decides. */
  private boolean entriesAsSigned() {
    if (entriesAsSigned.isEmpty()) {
      entriesAsSigned =
          Optional.of(signedRoot.isPresent() && Arrays.equals(signedRoot.get(), rootOfEntries()));
    }
    return entriesAsSigned.get();
  }

  private byte[] rootOfEntries() {
    TreeBatch tree = new TreeBatch((level, index) -> new byte[0], 0);
    try {
      for (long index = 0; index < size; index++) {
        tree.append(Hashes.leaf(ledger.entryBytes(index)));
      }
    } catch (LedgerException _) {
      return new byte[0];
    }
    return tree.root();
  }

  private static Optional<byte[]> signedRoot(LedgerReader ledger, long size)
      throws LedgerException {
    try {
      byte[] key = ledger.meta(BooksRows.LOG_KEY).orElse(new byte[0]);
      Checkpoint checkpoint =
          Checkpoint.open(
              ledger.checkpoint(), new NoteKey(Ledger.origin(ledger.owner()), PublicKey.of(key)));
      return checkpoint.size() == size
          ? Optional.of(checkpoint.root()).map(ByteString::toByteArray)
          : Optional.empty();
    } catch (InvalidSignatureException _) {
      return Optional.empty();
    }
  }
}
