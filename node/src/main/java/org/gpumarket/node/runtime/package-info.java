/**
 * Where workloads run: containers, and plain processes where the owner allows them.
 *
 * <p>In come checked specs with the GPUs they may use; out come running workloads, their output and
 * their end. Workloads outlive the node and are found again. It must not know prices or peers.
 */
@NullMarked
package org.gpumarket.node.runtime;

import org.jspecify.annotations.NullMarked;
