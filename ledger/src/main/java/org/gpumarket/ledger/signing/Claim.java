package org.gpumarket.ledger.signing;

import com.google.protobuf.Message;

/**
 * What an envelope says of itself before its signature was checked. Anybody can have written it.
 *
 * @param signer the node id that the named key would have
 */
public record Claim<T extends Message>(T message, String signer) {}
