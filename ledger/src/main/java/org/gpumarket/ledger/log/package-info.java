/**
 * A verifiable log: RFC 6962's tree in C2SP tlog-tiles, its signed checkpoints and its proofs.
 *
 * <p>In come leaf bytes; out come tiles, roots, checkpoints and proofs that anybody's tools can
 * check. It must not know what an entry says.
 */
@NullMarked
package org.gpumarket.ledger.log;

import org.jspecify.annotations.NullMarked;
