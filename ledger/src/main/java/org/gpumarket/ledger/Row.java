package org.gpumarket.ledger;

import com.google.protobuf.ByteString;

/** One of the node's own rows. */
public record Row(String key, ByteString value) {}
