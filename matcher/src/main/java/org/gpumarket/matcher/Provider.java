package org.gpumarket.matcher;

/** A provider that has offers in an indexed book. */
final class Provider {
  final String id;

  /** Its place on the {@link TieRing}. */
  final long place;

  /** Its bit, see {@link Traits}. */
  final long traits;

  /** How many offers it has; the book's writer counts. */
  int offers;

  Provider(String id, long place) {
    this.id = id;
    this.place = place;
    this.traits = Traits.ofProvider(id);
  }
}
