/**
 * The command line.
 *
 * <p>In come arguments; out come calls of the node's local API, or, where no node runs, a look into
 * the ledger's files, and text or JSON for the person who asked. It decides nothing.
 */
@NullMarked
package org.gpumarket.node.cli;

import org.jspecify.annotations.NullMarked;
