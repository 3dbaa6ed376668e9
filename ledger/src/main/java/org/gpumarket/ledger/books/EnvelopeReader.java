package org.gpumarket.ledger.books;

import com.google.protobuf.Message;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.v1.SignedEnvelope;

/** How the rules open the envelopes in an entry. */
public interface EnvelopeReader {
  <T extends Message> Signed<T> read(EnvelopeKind<T> kind, SignedEnvelope envelope)
      throws InvalidSignatureException;

  /** Takes signatures as checked: opened a moment ago by the writer, or checked elsewhere. */
  EnvelopeReader CHECKED_BEFORE =
      new EnvelopeReader() {
        @Override
        public <T extends Message> Signed<T> read(EnvelopeKind<T> kind, SignedEnvelope envelope)
            throws InvalidSignatureException {
          return kind.reopen(envelope);
        }
      };
}
