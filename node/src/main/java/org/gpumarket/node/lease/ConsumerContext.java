package org.gpumarket.node.lease;

import java.util.function.Consumer;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.v1.LeaseRow;

/**
 * What all leases of a consumer share.
 *
 * @param dropped told of a row that is gone: the lease was signed and never agreed
 */
record ConsumerContext(
    SigningKey identity,
    DurableWrites writes,
    Providers providers,
    LeaseSurroundings surroundings,
    Consumer<LeaseRow> dropped) {}
