/**
 * The running node: puts the parts together, starts and stops them in order, and answers its owner.
 *
 * <p>In come settings and the calls of the local API; out go a listening peer server, a Unix domain
 * socket and a clean end. It decides nothing about the market: every decision stands in the parts.
 * It must not know how commands are typed or shown.
 */
@NullMarked
package org.gpumarket.node.daemon;

import org.jspecify.annotations.NullMarked;
