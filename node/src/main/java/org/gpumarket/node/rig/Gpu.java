package org.gpumarket.node.rig;

import org.gpumarket.v1.GpuModel;

/**
 * One card.
 *
 * @param index its place in the rig, from 0
 * @param uuid as its driver reports it; "SIM-…" for simulated ones
 * @param simulated whether there is no card behind it
 */
public record Gpu(int index, String uuid, GpuModel model, boolean simulated) {}
