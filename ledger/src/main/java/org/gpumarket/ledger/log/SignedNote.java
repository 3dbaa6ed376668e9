package org.gpumarket.ledger.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.SigningKey;

/** Text under signatures: a C2SP signed-note. */
public final class SignedNote {
  /** Longest note that is looked at: a few lines and a few signatures. */
  public static final int MAX_CHARS = 16_384;

  private static final String SIGNATURE_START = "— ";

  private SignedNote() {}

  /**
   * A note under one signature.
   *
   * @param text ends with a line end and has no empty line
   * @throws IllegalArgumentException when the text is no note's
   */
  public static String sign(String text, SigningKey key, NoteKey as) {
    if (!text.endsWith("\n") || text.contains("\n\n")) {
      throw new IllegalArgumentException("not the text of a note");
    }
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
   * The text of a note that this key has signed.
   *
   * @throws InvalidSignatureException when it is no note, or the key's signature is missing or
   *     wrong; signatures of other keys are passed over
   */
  public static String open(String note, NoteKey key) throws InvalidSignatureException {
    int end = note.indexOf("\n\n");
    if (note.length() > MAX_CHARS || end < 0) {
      throw new InvalidSignatureException("this is not a signed note");
    }
    String text = note.substring(0, end + 1);
    boolean signed =
        note.substring(end + 2)
            .lines()
            .anyMatch(line -> signs(line, text.getBytes(StandardCharsets.UTF_8), key));
    if (!signed) {
      throw new InvalidSignatureException("this note is not signed by " + key.name());
    }
    return text;
  }

  /**
   * Only the text that an encoder writes: Java's decoder passes over bits left at the end.
   *
   * @throws IllegalArgumentException when it is not base64
   */
  static byte[] decode(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
      throw new IllegalArgumentException("base64 with bits left over");
    }
    return bytes;
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
}
