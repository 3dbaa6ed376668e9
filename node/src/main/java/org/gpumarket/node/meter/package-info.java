/**
 * What was used: GPU time by a monotonic clock.
 *
 * <p>In come the starts and pauses of a workload; out come GPU-milliseconds. It must not know what
 * they cost.
 */
@NullMarked
package org.gpumarket.node.meter;

import org.jspecify.annotations.NullMarked;
