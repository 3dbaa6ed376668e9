/**
 * The market as this node knows it: everybody's offers, its own, and searching them.
 *
 * <p>In come offers as envelopes and requirements as messages; out come checked offers, matches and
 * explanations. It must not know what is done with a match.
 */
@NullMarked
package org.gpumarket.node.market;

import org.jspecify.annotations.NullMarked;
