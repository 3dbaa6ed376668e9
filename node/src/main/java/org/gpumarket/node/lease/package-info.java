/**
 * The lease protocol: both sides' state machines, from quote to last voucher.
 *
 * <p>In come requests of peers and of the owner, usage, vouchers and the passing of time; out come
 * signed answers, entries in the ledger, and workloads that run or stop. Every change is on disk
 * before the other side hears of it. It must not know sockets: the gRPC classes only translate.
 */
@NullMarked
package org.gpumarket.node.lease;

import org.jspecify.annotations.NullMarked;
