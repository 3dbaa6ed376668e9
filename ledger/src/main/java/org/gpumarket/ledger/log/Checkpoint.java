package org.gpumarket.ledger.log;

import com.google.protobuf.ByteString;
import java.util.Base64;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * The head of a log: a C2SP tlog-checkpoint in a C2SP signed note.
 *
 * @param origin the log's name, one line
 * @param size leaves in the tree
 * @param root the tree's root, 32 bytes
 */
public record Checkpoint(String origin, long size, ByteString root) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when they make no checkpoint
   */
  public Checkpoint {
    if (size < 0 || root.size() != Hashes.BYTES || origin.isEmpty() || origin.contains("\n")) {
      throw new IllegalArgumentException("not a checkpoint: " + origin + ", " + size);
    }
  }

  /** The checkpoint as a note under one signature. */
  public String sign(SigningKey key, NoteKey as) {
    return SignedNote.sign(text(), key, as);
  }

  /**
   * Reads a note and checks that this key has signed it.
   *
   * @throws InvalidSignatureException when it is no checkpoint, or the key's signature is missing
   *     or wrong; signatures of other keys are passed over
   */
  public static Checkpoint open(String note, NoteKey key) throws InvalidSignatureException {
    return parse(SignedNote.open(note, key));
  }

  private static Checkpoint parse(String text) throws InvalidSignatureException {
    String[] lines = text.split("\n", -1);
    try {
      if (lines.length < 4 || !Long.toString(Long.parseLong(lines[1])).equals(lines[1])) {
        throw new InvalidSignatureException("this note is not a checkpoint");
      }
      return new Checkpoint(
          lines[0], Long.parseLong(lines[1]), ByteString.copyFrom(SignedNote.decode(lines[2])));
    } catch (IllegalArgumentException e) {
      throw new InvalidSignatureException("this note is not a checkpoint: " + e.getMessage());
    }
  }

  private String text() {
    return origin
        + "\n"
        + size
        + "\n"
        + Base64.getEncoder().encodeToString(root.toByteArray())
        + "\n";
  }
}
