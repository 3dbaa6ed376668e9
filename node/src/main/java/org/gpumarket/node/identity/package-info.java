/**
 * Who this node is and how it proves it: its key's file, its certificate, its side of TLS.
 *
 * <p>In come files and handshakes; out come keys, TLS contexts and the proven ids of peers. It must
 * not know what peers say to each other.
 */
@NullMarked
package org.gpumarket.node.identity;

import org.jspecify.annotations.NullMarked;
