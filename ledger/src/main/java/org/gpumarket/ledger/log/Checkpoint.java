package org.gpumarket.ledger.log;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
  /** A checkpoint has three lines and a few signatures. */
  public static final int MAX_NOTE_CHARS = 16_384;

  private static final String SIGNATURE_START = "— ";

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
    String text = text();
    byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
    byte[] id = as.id();
    byte[] both = Arrays.copyOf(id, id.length + signature.length);
    System.arraycopy(signature, 0, both, id.length, signature.length);
    return text
        + "\n"
        + SIGNATURE_START
        + as.name()
        + " "
        + Base64.getEncoder().encodeToString(both)
        + "\n";
  }

  /**
   * Reads a note and checks that this key has signed it.
   *
   * @throws InvalidSignatureException when it is no checkpoint, or the key's signature is missing
   *     or wrong; signatures of other keys are passed over
   */
  public static Checkpoint open(String note, NoteKey key) throws InvalidSignatureException {
    int end = note.indexOf("\n\n");
    if (note.length() > MAX_NOTE_CHARS || end < 0) {
      throw new InvalidSignatureException("this is not a signed note");
    }
    String text = note.substring(0, end + 1);
    boolean signed =
        note.substring(end + 2)
            .lines()
            .anyMatch(line -> signs(line, text.getBytes(StandardCharsets.UTF_8), key));
    if (!signed) {
      throw new InvalidSignatureException("the checkpoint is not signed by " + key.name());
    }
    return parse(text);
  }

  private static boolean signs(String line, byte[] text, NoteKey key) {
    String start = SIGNATURE_START + key.name() + " ";
    if (!line.startsWith(start)) {
      return false;
    }
    try {
      byte[] both = decode(line.substring(start.length()));
      return both.length > NoteKey.ID_BYTES
          && Arrays.equals(Arrays.copyOf(both, NoteKey.ID_BYTES), key.id())
          && key.key().verifies(text, Arrays.copyOfRange(both, NoteKey.ID_BYTES, both.length));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Checkpoint parse(String text) throws InvalidSignatureException {
    String[] lines = text.split("\n", -1);
    try {
      if (lines.length < 4 || !Long.toString(Long.parseLong(lines[1])).equals(lines[1])) {
        throw new InvalidSignatureException("this note is not a checkpoint");
      }
      return new Checkpoint(
          lines[0], Long.parseLong(lines[1]), ByteString.copyFrom(decode(lines[2])));
    } catch (IllegalArgumentException e) {
      throw new InvalidSignatureException("this note is not a checkpoint: " + e.getMessage());
    }
  }

  /** Only the text that an encoder writes: the decoder itself passes over bits left at the end. */
  private static byte[] decode(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
      throw new IllegalArgumentException("base64 with bits left over");
    }
    return bytes;
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
