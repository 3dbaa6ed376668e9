/**
 * Where a workload goes so that later ones still fit: which rig of many, and which GPUs of a rig.
 *
 * <p>In come free capacities and demands; out come places. Plain Java: it must know neither the
 * order book nor prices, and nothing of what will arrive later.
 */
@NullMarked
package org.gpumarket.matcher.packing;

import org.jspecify.annotations.NullMarked;
