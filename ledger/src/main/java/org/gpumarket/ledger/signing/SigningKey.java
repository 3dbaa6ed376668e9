package org.gpumarket.ledger.signing;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** An Ed25519 private key. Immutable and safe for use by several threads. Never printed. */
public final class SigningKey {
  /** RFC 8032, section 5.1.5. */
  public static final int SEED_BYTES = Ed25519.SECRET_KEY_SIZE;

  private final byte[] seed;
  private final byte[] publicBytes;
  private final PublicKey publicKey;

  private SigningKey(byte[] seed) {
    this.seed = seed;
    this.publicBytes = new byte[PublicKey.BYTES];
    Ed25519.generatePublicKey(seed, 0, publicBytes, 0);
    try {
      this.publicKey = PublicKey.of(publicBytes);
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException("a generated key fails its own check", e);
    }
  }

  public static SigningKey generate(SecureRandom random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    return new SigningKey(seed);
  }

  /**
   * The key of a seed.
   *
   * @throws IllegalArgumentException when the seed has not 32 bytes
   */
  public static SigningKey fromSeed(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("a seed has " + SEED_BYTES + " bytes");
    }
    return new SigningKey(seed.clone());
  }

  /** The secret itself, a copy: for the key's file and nothing else. */
  public byte[] seed() {
    return seed.clone();
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  public NodeId nodeId() {
    return NodeId.of(publicKey);
  }

  /** 64 bytes, the same for the same message (RFC 8032, pure Ed25519). */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(seed, 0, publicBytes, 0, null, message, 0, message.length, signature, 0);
    return signature;
  }

  @Override
  public String toString() {
    return "signing key of " + nodeId();
  }
}
