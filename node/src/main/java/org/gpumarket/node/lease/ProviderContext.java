package org.gpumarket.node.lease;

import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.DurableWrites;

/** What all leases of a provider share. */
record ProviderContext(
    SigningKey identity,
    DurableWrites writes,
    GpuHolds holds,
    RigRuntimes runtimes,
    LeaseSurroundings surroundings) {}
