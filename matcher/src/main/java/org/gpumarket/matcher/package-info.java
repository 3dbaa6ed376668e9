/**
 * The order book and the matching engine.
 *
 * <p>In come offers and orders; out come ranked offers with the reason for the first, or the counts
 * that explain why there is none. Plain Java: it must know neither wire nor disk, and time comes in
 * with each call.
 */
@NullMarked
package org.gpumarket.matcher;

import org.jspecify.annotations.NullMarked;
