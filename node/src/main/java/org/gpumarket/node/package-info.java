@NullMarked
package org.gpumarket.node;

import org.jspecify.annotations.NullMarked;
