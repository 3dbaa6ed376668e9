package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.gpumarket.ledger.books.EnvelopeReader;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.v1.SignedEnvelope;

/**
 * Reads envelopes without checking them and remembers what is to be checked: so the books replay in
 * order on one thread while others check. Used by one thread, but for the lists that it gave away.
 */
final class SignatureQueue implements EnvelopeReader {
  private final long from;
  private final Map<ByteString, NodeId> signers = new HashMap<>();
  private List<Check> checks = new ArrayList<>();
  private long index;

  /** Passes over the signatures of the entries before {@code from}. */
  SignatureQueue(long from) {
    this.from = from;
  }

  /** The envelopes read from now on stand in this entry. */
  void at(long entry) {
    index = entry;
  }

  @Override
  public <T extends Message> Signed<T> read(EnvelopeKind<T> kind, SignedEnvelope envelope)
      throws InvalidSignatureException {
    if (index >= from) {
      checks.add(new Check(index, kind, envelope));
    }
    return new Signed<>(kind.parse(envelope), signer(envelope.getSigner()), envelope);
  }

  /** The same few signers come back all the time. */
  private NodeId signer(ByteString key) throws InvalidSignatureException {
    NodeId known = signers.get(key);
    if (known != null) {
      return known;
    }
    NodeId signer = NodeId.of(PublicKey.of(key.toByteArray()));
    signers.put(key, signer);
    return signer;
  }

  /** What was read since the last call, in the order of the entries. */
  List<Check> take() {
    List<Check> taken = checks;
    checks = new ArrayList<>();
    return taken;
  }

  /** The first entry among these with a signature that does not count. */
  static Optional<Problem> firstWrong(List<Check> checks) {
    for (Check check : checks) {
      try {
        check.kind().check(check.envelope());
      } catch (InvalidSignatureException e) {
        return Optional.of(new Problem(check.index(), String.valueOf(e.getMessage())));
      }
    }
    return Optional.empty();
  }

  /** An envelope that stands in an entry. */
  record Check(long index, EnvelopeKind<?> kind, SignedEnvelope envelope) {}
}
