package org.gpumarket.matcher;

import java.util.Comparator;

/**
 * Decides between offers of one rank, so that nobody can cheaply arrange to come first.
 *
 * <p>Every provider has a place on a ring of 64 bits: a hash of its id under the book's secret,
 * which no provider knows, so that no choice of an id buys a better place. An order's salt is where
 * on the ring its search begins. The first {@link #WINDOW} providers from there that have a fitting
 * offer of that rank draw lots, by a hash over their places and the salt; then the next as many,
 * and so on. So equals share the orders evenly, several offers of one provider draw one lot, and a
 * search for the cheapest of a million equal offers looks at a few. Under {@link Policy#BALANCED}
 * all that have the same points draw together.
 */
final class TieRing {
  /** Providers that draw lots together: enough that gaps on the ring hardly matter. */
  static final int WINDOW = 16;

  private final long secret;

  TieRing(long secret) {
    this.secret = secret;
  }

  /** FNV-1a over a provider's id or another name, mixed with the secret. */
  long place(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return mix(mix(hash ^ secret) + secret);
  }

  /** A provider's lot in the draw for one order; the lowest wins. */
  static long lot(long salt, long place) {
    return mix(place + salt * 0x9e3779b97f4a7c15L);
  }

  /** Places as a search passes them that begins at the salt. */
  static Comparator<Long> from(long salt) {
    return (a, b) -> Long.compareUnsigned(a - salt, b - salt);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
