package org.gpumarket.ledger.signing;

/**
 * Who a node is: "n" and the base32 of its Ed25519 public key, 53 characters.
 *
 * @param text as above; the key in it has passed the strict check
 */
public record NodeId(String text) implements Comparable<NodeId> {
  private static final int LENGTH = 53;
  private static final int ABBREVIATED_LENGTH = 9;

  /**
   * Checks the text.
   *
   * @throws IllegalArgumentException when it names no possible node
   */
  public NodeId {
    key(text);
  }

  public static NodeId of(PublicKey key) {
    return new NodeId(text(key.bytes()));
  }

  /** How the id of a key is written, whether or not the key is anybody's. */
  static String text(byte[] key) {
    return "n" + Base32.encode(key);
  }

  /**
   * Reads a node id.
   *
   * @throws IllegalArgumentException with one sentence when it names no possible node
   */
  public static NodeId parse(String text) {
    return new NodeId(text);
  }

  public PublicKey publicKey() {
    return key(text);
  }

  /** Enough of it for people to tell nodes apart. */
  public String abbreviated() {
    return text.substring(0, ABBREVIATED_LENGTH);
  }

  @Override
  public int compareTo(NodeId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }

  private static PublicKey key(String text) {
    if (text.length() != LENGTH || text.charAt(0) != 'n') {
      throw new IllegalArgumentException(
          "a node id is the letter n and 52 characters more, this is not: " + shown(text));
    }
    try {
      return PublicKey.of(Base32.decode(text.substring(1)));
    } catch (InvalidSignatureException | IllegalArgumentException e) {
      throw new IllegalArgumentException("not a node id: " + e.getMessage(), e);
    }
  }

  private static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
