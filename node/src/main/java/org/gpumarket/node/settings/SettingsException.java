package org.gpumarket.node.settings;

/** A setting that cannot be used: where it stands, what is wrong, what would be right. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int MAX_CHARS = 500;

  /** Values of the file may stand in the message, so line ends and other controls are taken out. */
  public SettingsException(String message) {
    super(oneLine(message));
  }

  private static String oneLine(String message) {
    String plain = message.replaceAll("[\\p{Cntrl}\u0085\u2028\u2029]+", " ");
    return plain.length() <= MAX_CHARS ? plain : plain.substring(0, MAX_CHARS) + "…";
  }
}
