package org.gpumarket.node.lease;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.v1.LeaseRow;

/**
 * What all leases of a consumer share.
 *
 * @param isKnown whether this node has or had a lease of an id, on either side
 * @param dropped told of a row that is gone: the lease was signed and never agreed
 */
record ConsumerContext(
    SigningKey identity,
    DurableWrites writes,
    Providers providers,
    LeaseSurroundings surroundings,
    Predicate<String> isKnown,
    Consumer<LeaseRow> dropped) {}
