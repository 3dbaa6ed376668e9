package org.gpumarket.ledger.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.gpumarket.ledger.signing.PublicKey;

/**
 * A key that signs notes, as C2SP signed-note names it.
 *
 * @param name without spaces, plus signs and line ends
 */
public record NoteKey(String name, PublicKey key) {
  /** The signature type of Ed25519 in C2SP signed-note. */
  private static final byte ED25519 = 1;

  static final int ID_BYTES = 4;

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException when the name is empty or has a space, a plus or a control
   */
  public NoteKey {
    if (name.isEmpty() || name.chars().anyMatch(c -> c == '+' || c <= ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("not the name of a note's key: " + name);
    }
  }

  /** The first 4 bytes of SHA-256 over name, line end, type and key. */
  byte[] id() {
    byte[] start = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] typed = typedKey();
    byte[] all = Arrays.copyOf(start, start.length + typed.length);
    System.arraycopy(typed, 0, all, start.length, typed.length);
    return Arrays.copyOf(Hashes.sha256(all), ID_BYTES);
  }

  /** The key as text for other tools: name+id+base64 (a "vkey"). */
  public String verifierKey() {
    return name
        + "+"
        + java.util.HexFormat.of().formatHex(id())
        + "+"
        + Base64.getEncoder().encodeToString(typedKey());
  }

  private byte[] typedKey() {
    byte[] typed = new byte[PublicKey.BYTES + 1];
    typed[0] = ED25519;
    System.arraycopy(key.bytes(), 0, typed, 1, PublicKey.BYTES);
    return typed;
  }
}
