package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.Optional;
import org.gpumarket.ledger.log.NoteKey;
import org.gpumarket.ledger.log.SignedNote;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * How far a ledger was checked with every signature, as its node remembers it: under the log key's
 * signature, in a note whose name keeps it apart from checkpoints.
 *
 * @param owner whose ledger
 * @param size how many entries
 * @param root the root of their tree
 * @param books the digest of the books after them
 */
record VerifiedHead(NodeId owner, long size, ByteString root, ByteString books) {
  /** To be raised when a check becomes stricter: what a laxer program found says nothing then. */
  private static final int CHECKS = 1;

  private static final int LINES = 5;

  String sign(SigningKey logKey) {
    return SignedNote.sign(text(), logKey, noteKey(owner, logKey.publicKey()));
  }

  /** The head in a note; empty when this key has not signed it, or by other checks than today's. */
  static Optional<VerifiedHead> open(String note, NodeId owner, PublicKey logKey) {
    try {
      String text = SignedNote.open(note, noteKey(owner, logKey));
      String[] lines = text.split("\n", -1);
      if (lines.length < LINES) {
        return Optional.empty();
      }
      VerifiedHead head =
          new VerifiedHead(owner, Long.parseLong(lines[2]), bytes(lines[3]), bytes(lines[4]));
      return head.text().equals(text) ? Optional.of(head) : Optional.empty();
    } catch (InvalidSignatureException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private String text() {
    return name(owner)
        + "\nchecks "
        + CHECKS
        + "\n"
        + size
        + "\n"
        + Base64.getEncoder().encodeToString(root.toByteArray())
        + "\n"
        + Base64.getEncoder().encodeToString(books.toByteArray())
        + "\n";
  }

  private static ByteString bytes(String base64) {
    return ByteString.copyFrom(Base64.getDecoder().decode(base64));
  }

  private static NoteKey noteKey(NodeId owner, PublicKey logKey) {
    return new NoteKey(name(owner), logKey);
  }

  private static String name(NodeId owner) {
    return "gpumarket.org/verified/" + owner;
  }
}
