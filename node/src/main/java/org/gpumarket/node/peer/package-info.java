/**
 * Other nodes: connections to them, meeting them, and passing on offers.
 *
 * <p>In come addresses, handshakes and envelopes; out come channels to proven peers and envelopes
 * to an {@link org.gpumarket.node.peer.OfferExchange}. It must not know what an offer says.
 */
@NullMarked
package org.gpumarket.node.peer;

import org.jspecify.annotations.NullMarked;
