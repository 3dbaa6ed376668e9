package org.gpumarket.node.settings;

/** A setting that cannot be used: where it stands, what is wrong, what would be right. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }
}
