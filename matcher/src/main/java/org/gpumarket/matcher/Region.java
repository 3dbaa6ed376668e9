package org.gpumarket.matcher;

import java.util.regex.Pattern;

/**
 * Where a rig stands: continent, country and area, each part optional from the right: {@code eu},
 * {@code eu-de}, {@code na-us-tx}.
 */
public record Region(String text) {
  private static final Pattern FORM = Pattern.compile("[a-z]{2}(-[a-z]{2}(-[a-z0-9]{1,16})?)?");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException with one sentence when it is not a region
   */
  public Region {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a region is continent-country-area such as eu, eu-de or na-us-tx, not '"
              + (text.length() > 40 ? text.substring(0, 40) + "…" : text)
              + "'");
    }
  }

  /** Whether it lies in the other: the other's parts are its first parts. */
  public boolean within(Region wider) {
    return text.startsWith(wider.text)
        && (text.length() == wider.text.length() || text.charAt(wider.text.length()) == '-');
  }

  @Override
  public String toString() {
    return text;
  }
}
