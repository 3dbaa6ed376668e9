package org.gpumarket.ledger.signing;

import java.security.SecureRandom;

/** Base32 of RFC 4648, section 6, in lower case and without padding. */
public final class Base32 {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  /** 26 characters are 130 bits: 16 bytes and no guessing. */
  private static final int ID_BYTES = 16;

  private Base32() {}

  public static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder((bytes.length * 8 + 4) / 5);
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }

  /**
   * The bytes that {@link #encode} would write as this text.
   *
   * @throws IllegalArgumentException when no bytes would be
   */
  public static byte[] decode(String text) {
    byte[] bytes = new byte[text.length() * 5 / 8];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new IllegalArgumentException("'" + text.charAt(i) + "' is not a digit of base32");
      }
      buffer = (buffer << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (buffer >> bits);
      }
      buffer &= (1 << bits) - 1;
    }
    if (buffer != 0 || bits >= 5) {
      throw new IllegalArgumentException("base32 text with digits left over");
    }
    return bytes;
  }

  /** A new id of 26 characters that nobody else will draw. */
  public static String randomId(SecureRandom random) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return encode(bytes);
  }

  /** Whether the text could have come from {@link #randomId}. */
  public static boolean isId(String text) {
    return text.length() == 26 && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }
}
