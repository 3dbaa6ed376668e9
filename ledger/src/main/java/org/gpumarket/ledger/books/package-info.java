/**
 * The account book: which transfers an entry makes, and what stands on each account.
 *
 * <p>In come entries; out come transfers, balances, or a refusal in one sentence. The rules need
 * nothing but the entries before, so that a stranger who has them comes to the same books. It must
 * not know how anything is stored.
 */
@NullMarked
package org.gpumarket.ledger.books;

import org.jspecify.annotations.NullMarked;
