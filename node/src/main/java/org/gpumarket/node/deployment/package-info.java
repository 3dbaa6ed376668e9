/**
 * What a user wrote to be run: one file, read into one model; and what a workload may be, whether
 * it came from a file or over the wire.
 *
 * <p>In come files; out come orders with their workloads, or a refusal that names file and line. It
 * must not know how an order is matched.
 */
@NullMarked
package org.gpumarket.node.deployment;

import org.jspecify.annotations.NullMarked;
