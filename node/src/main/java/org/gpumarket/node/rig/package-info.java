/**
 * The machine behind a provider: its GPUs and their tiers, and what else it has to give.
 *
 * <p>In come the driver's answers or the owner's word for simulated cards; out come {@link
 * org.gpumarket.node.rig.Gpu}s. It must not know who rents them.
 */
@NullMarked
package org.gpumarket.node.rig;

import org.jspecify.annotations.NullMarked;
