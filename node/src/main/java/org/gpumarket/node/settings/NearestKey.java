package org.gpumarket.node.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which key was meant. */
public final class NearestKey {
  /** As many edits make a typing error; more make another word. */
  private static final int TYPING_EDITS = 2;

  private NearestKey() {}

  /** The key with the smallest edit distance (Levenshtein); the first of equals. */
  public static String to(String typed, Collection<String> valid) {
    return valid.stream()
        .sorted()
        .min(Comparator.comparingInt(key -> distance(typed, key)))
        .orElse("");
  }

  /** The nearest key where {@code typed} can be a typing error of it. */
  public static Optional<String> meant(String typed, Collection<String> valid) {
    return Optional.of(to(typed, valid))
        .filter(key -> !key.isEmpty() && distance(typed, key) <= TYPING_EDITS);
  }

  private static int distance(String from, String to) {
    String cut = from.length() > 64 ? from.substring(0, 64) : from;
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= cut.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (cut.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
