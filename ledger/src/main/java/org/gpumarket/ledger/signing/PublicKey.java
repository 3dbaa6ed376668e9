package org.gpumarket.ledger.signing;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 public key that passed the strict check, and with it the strict check of signatures.
 *
 * <p>Verifiers of Ed25519 differ at the edges: mixed-order points and non-canonical encodings count
 * for some and not for others. Money hangs on our answer, so a key or an R that is not a canonical
 * point of the prime-order group is refused; what passes here passes every verifier (RFC 8032).
 * Immutable and safe for use by several threads.
 */
public final class PublicKey {
  /** RFC 8032, section 5.1.5. */
  public static final int BYTES = Ed25519.PUBLIC_KEY_SIZE;

  /** Peers and their keys come back all the time; a full check costs a scalar multiplication. */
  private static final int CACHED_KEYS = 10_000;

  private static final Map<String, PublicKey> CHECKED =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, PublicKey> eldest) {
              return size() > CACHED_KEYS;
            }
          });

  private final byte[] encoded;
  private final String text;
  private final Ed25519.PublicPoint point;

  private PublicKey(byte[] encoded, String text, Ed25519.PublicPoint point) {
    this.encoded = encoded;
    this.text = text;
    this.point = point;
  }

  /**
   * Checks and takes a key.
   *
   * @throws InvalidSignatureException when it is not 32 bytes, not canonical or not of prime order
   */
  public static PublicKey of(byte[] encoded) throws InvalidSignatureException {
    if (encoded.length != BYTES) {
      throw new InvalidSignatureException(
          "a public key has " + BYTES + " bytes, this one has " + encoded.length);
    }
    String name = Base32.encode(encoded);
    PublicKey known = CHECKED.get(name);
    if (known != null) {
      return known;
    }
    Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(encoded, 0);
    if (point == null) {
      throw new InvalidSignatureException("this is not the public key of anybody: " + name);
    }
    PublicKey key = new PublicKey(encoded.clone(), name, point);
    CHECKED.put(name, key);
    return key;
  }

  /** Whether the signature over the message is this key's, by the strict check. */
  public boolean verifies(byte[] message, byte[] signature) {
    return signature.length == Ed25519.SIGNATURE_SIZE
        && Ed25519.validatePublicKeyFull(signature, 0)
        && Ed25519.verify(signature, 0, point, message, 0, message.length);
  }

  /** The key's 32 bytes, a copy. */
  public byte[] bytes() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey key && Arrays.equals(encoded, key.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return text;
  }
}
