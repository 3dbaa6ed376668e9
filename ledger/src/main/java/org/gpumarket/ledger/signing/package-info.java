/**
 * Keys, node ids and signed envelopes: the one place that decides which signature counts.
 *
 * <p>In come bytes and keys; out come signatures, checked messages, or a refusal in one sentence.
 * It knows no ledger and no network.
 */
@NullMarked
package org.gpumarket.ledger.signing;

import org.jspecify.annotations.NullMarked;
