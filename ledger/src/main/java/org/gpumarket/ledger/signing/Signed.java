package org.gpumarket.ledger.signing;

import com.google.protobuf.Message;
import org.gpumarket.v1.SignedEnvelope;

/**
 * A message whose signature was checked, with the envelope that proves it.
 *
 * @param message what was signed
 * @param signer who signed it
 * @param envelope the bytes as they travel and are stored
 */
public record Signed<T extends Message>(T message, NodeId signer, SignedEnvelope envelope) {}
