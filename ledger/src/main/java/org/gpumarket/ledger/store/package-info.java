/**
 * Where a ledger lies on disk: RocksDB, its column families and options.
 *
 * <p>In come batches; out come the same bytes after a crash. It knows names of tables and keys and
 * nothing of what the values say.
 */
@NullMarked
package org.gpumarket.ledger.store;

import org.jspecify.annotations.NullMarked;
