package org.gpumarket.matcher;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The highest sequence of offers that are gone, so that a late copy of an older version brings none
 * of them back. Bounded for one provider and in all: a provider at its bound loses what it would
 * lose first anyway, and a full memory takes from the provider that fills most of it, so that one
 * identity cannot push out what is remembered of others. Used by one thread at a time.
 */
final class SequenceMemory {
  private final int maxOfProvider;
  private final int maxInAll;
  private final Map<String, Map<String, Mark>> providers = new HashMap<>();

  /** The providers with so many marks stand at that index, the one that got there first first. */
  private final Map<Integer, SequencedSet<String>> byMarks = new HashMap<>();

  private int size;

  /**
   * An empty memory.
   *
   * @param maxOfProvider offers of one provider, 1 or more
   * @param maxInAll offers in all, at least as many
   */
  SequenceMemory(int maxOfProvider, int maxInAll) {
    this.maxOfProvider = maxOfProvider;
    this.maxInAll = maxInAll;
  }

  /** Remembers a sequence until a time; never less, nor for shorter, than was asked before. */
  void remember(OfferKey key, long sequence, long untilMillis) {
    Map<String, Mark> own = providers.get(key.provider());
    Mark known = own == null ? null : own.get(key.name());
    if (own != null && known != null) {
      own.put(
          key.name(),
          new Mark(Math.max(known.sequence, sequence), Math.max(known.untilMillis, untilMillis)));
      return;
    }
    if (own != null && own.size() >= maxOfProvider) {
      forgetFirst(key.provider(), own);
    } else if (size >= maxInAll) {
      forgetOfGreediest();
    }
    put(key, new Mark(sequence, untilMillis));
  }

  /** The highest sequence remembered for an offer; less than any when there is none. */
  long highest(OfferKey key) {
    Map<String, Mark> own = providers.get(key.provider());
    Mark known = own == null ? null : own.get(key.name());
    return known == null ? Long.MIN_VALUE : known.sequence;
  }

  void forget(OfferKey key) {
    Map<String, Mark> own = providers.get(key.provider());
    if (own != null && own.remove(key.name()) != null) {
      size--;
      move(key.provider(), own.size() + 1, own.size());
      if (own.isEmpty()) {
        providers.remove(key.provider());
      }
    }
  }

  /** Forgets what was to be remembered until this time or an earlier one. */
  void forgetUntil(long nowMillis) {
    providers
        .entrySet()
        .removeIf(
            entry -> {
              Map<String, Mark> own = entry.getValue();
              int before = own.size();
              own.values().removeIf(mark -> mark.untilMillis <= nowMillis);
              size -= before - own.size();
              move(entry.getKey(), before, own.size());
              return own.isEmpty();
            });
  }

  int size() {
    return size;
  }

  private void put(OfferKey key, Mark mark) {
    Map<String, Mark> own = providers.computeIfAbsent(key.provider(), _ -> new HashMap<>());
    own.put(key.name(), mark);
    size++;
    move(key.provider(), own.size() - 1, own.size());
  }

  private void forgetOfGreediest() {
    for (int marks = maxOfProvider; marks > 0; marks--) {
      SequencedSet<String> greediest = byMarks.get(marks);
      if (greediest != null) {
        String provider = greediest.getFirst();
        forgetFirst(provider, providers.get(provider));
        return;
      }
    }
  }

  /** Forgets that mark of a provider which would be forgotten first. */
  private void forgetFirst(String provider, @Nullable Map<String, Mark> own) {
    if (own != null) {
      own.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().untilMillis))
          .ifPresent(first -> forget(new OfferKey(provider, first.getKey())));
    }
  }

  private void move(String provider, int before, int after) {
    if (before == after) {
      return;
    }
    SequencedSet<String> from = byMarks.get(before);
    if (from != null && from.remove(provider) && from.isEmpty()) {
      byMarks.remove(before);
    }
    if (after > 0) {
      byMarks.computeIfAbsent(after, _ -> new LinkedHashSet<>()).add(provider);
    }
  }

  /**
   * What is remembered of one offer.
   *
   * @param untilMillis when it may be forgotten; UTC milliseconds
   */
  private record Mark(long sequence, long untilMillis) {}
}
