package org.gpumarket.matcher;

/** One offer on its way into or out of a leaf. Used by the book's writer alone. */
final class Entry {
  long price;
  Provider provider;
  String name;
  Profile profile;
  long sequence;
  long expireMillis;

  /** GPUs that its provider said are free. */
  int told;

  /** GPUs of these that this book holds for orders. */
  int held;

  final int[] columns = new int[Measure.COLUMNS];

  /** What a version of an offer says, and what is held of it. */
  Entry(Offer offer, Provider provider, Profile profile, int held) {
    this.provider = provider;
    this.profile = profile;
    price = offer.price().microsPerGpuHour();
    name = offer.key().name();
    sequence = offer.sequence();
    expireMillis = offer.expireTimeMillis();
    told = offer.gpuAvailable();
    columns[Measure.CPU_MILLIS.number()] = (int) offer.resources().cpuMillis();
    columns[Measure.MEMORY_MIB.number()] = (int) offer.resources().memoryMib();
    columns[Measure.DISK_MIB.number()] = (int) offer.resources().diskMib();
    hold(held);
  }

  /** What stands at a place of a leaf. */
  Entry(Leaf leaf, int at) {
    provider = leaf.provider[at];
    profile = leaf.profile[at];
    name = leaf.name[at];
    leaf.read(at, this);
  }

  /** The offer as it is known, less what is held. */
  Offer offer() {
    Profile.Terms terms = profile.terms;
    return new Offer(
        new OfferKey(provider.id, name),
        sequence,
        terms.gpu(),
        terms.gpuCount(),
        columns[Measure.GPUS.number()],
        new Price(terms.currency(), price),
        terms.region(),
        new Resources(
            columns[Measure.CPU_MILLIS.number()],
            columns[Measure.MEMORY_MIB.number()],
            columns[Measure.DISK_MIB.number()]),
        terms.minDurationMillis(),
        terms.maxDurationMillis(),
        terms.runtimes(),
        terms.simulated(),
        expireMillis);
  }

  /** Sets what is held, and what is free with it. */
  void hold(int gpus) {
    held = gpus;
    columns[Measure.GPUS.number()] = Math.max(0, told - gpus);
  }

  int amount(int measure) {
    return measure < Measure.COLUMNS ? columns[measure] : profile.amount(measure);
  }

  long traits() {
    return profile.traits | provider.traits;
  }
}
