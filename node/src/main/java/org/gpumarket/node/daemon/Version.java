package org.gpumarket.node.daemon;

/** What this program calls itself. */
public final class Version {
  public static final String NUMBER = "0.1.0";
  public static final String USER_AGENT = "gpumarket/" + NUMBER;

  private Version() {}
}
