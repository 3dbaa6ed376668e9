@NullMarked
package org.gpumarket.matcher;

import org.jspecify.annotations.NullMarked;
