/**
 * Money between two nodes: usage reports, vouchers, credit, payouts and what they add up to.
 *
 * <p>In come signed messages and this node's ledger; out come verdicts, entries for the ledger, and
 * balances. It must not know how a lease runs or ends, and keeps nothing that is not in the ledger.
 */
@NullMarked
package org.gpumarket.node.settlement;

import org.jspecify.annotations.NullMarked;
