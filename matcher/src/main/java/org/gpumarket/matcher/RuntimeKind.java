package org.gpumarket.matcher;

/** How a provider runs workloads. */
public enum RuntimeKind {
  CONTAINER,
  PROCESS
}
