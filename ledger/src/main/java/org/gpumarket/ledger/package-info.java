/**
 * A node's ledger: an append-only log that anybody can check, and the account books kept with it.
 *
 * <p>In come entries and rows; out come durable entries, balances, checkpoints and reports.
 * Entries, tree, books and rows change together in one synced write or not at all. It must not know
 * peers, clocks of others, or what a workload is.
 */
@NullMarked
package org.gpumarket.ledger;

import org.jspecify.annotations.NullMarked;
