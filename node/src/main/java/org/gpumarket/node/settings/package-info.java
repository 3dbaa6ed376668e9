/**
 * What the owner has set: flags before environment before file before defaults.
 *
 * <p>In come texts from those four places; out come checked values, each with the place it came
 * from. It must not know what the values do.
 */
@NullMarked
package org.gpumarket.node.settings;

import org.jspecify.annotations.NullMarked;
