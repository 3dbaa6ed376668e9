/**
 * The program as people use it: real nodes as processes, real containers, the commands of the
 * README.
 *
 * <p>It must know nothing of a node's insides: everything goes through the command line, the local
 * API and files.
 */
@NullMarked
package org.gpumarket.e2e;

import org.jspecify.annotations.NullMarked;
