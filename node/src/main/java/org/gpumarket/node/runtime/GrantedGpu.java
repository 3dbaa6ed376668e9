package org.gpumarket.node.runtime;

import org.gpumarket.node.rig.Gpu;

/**
 * A card that a workload may use.
 *
 * @param epoch the fencing token under which it was promised
 */
public record GrantedGpu(Gpu gpu, long epoch) {}
