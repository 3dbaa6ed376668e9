/**
 * Measurements, each a program with a control in the same run.
 *
 * <p>In come a seed and the machine; out come ratios with their spread. Nothing asserts a time.
 */
@NullMarked
package org.gpumarket.bench;

import org.jspecify.annotations.NullMarked;
