@NullMarked
package org.gpumarket.ledger;

import org.jspecify.annotations.NullMarked;
