package org.gpumarket.matcher;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * GPUs that an indexed book holds for orders. A hold's number is its slot and how often the slot
 * was used, so that a number that has been released says nothing of the next hold. Used by the
 * book's writer alone.
 */
final class Holds {
  private static final int FIRST_CAPACITY = 16;

  private @Nullable Provider[] providers = new Provider[FIRST_CAPACITY];
  private String[] names = new String[FIRST_CAPACITY];
  private int[] stays = new int[FIRST_CAPACITY];
  private int[] gpus = new int[FIRST_CAPACITY];
  private int[] uses = new int[FIRST_CAPACITY];
  private int[] free = new int[FIRST_CAPACITY];
  private int freeCount;
  private int used;

  /** Notes a hold and gives it a number, 0 or more. */
  long put(Provider provider, String name, int stay, int count) {
    int slot = freeCount > 0 ? free[--freeCount] : used++;
    if (slot == names.length) {
      grow();
    }
    providers[slot] = provider;
    names[slot] = name;
    stays[slot] = stay;
    gpus[slot] = count;
    return ((long) uses[slot] << Integer.SIZE) | slot;
  }

  /** The slot of a hold that was not released; negative when there is none of this number. */
  int find(long number) {
    int slot = (int) number;
    boolean open =
        number >= 0
            && slot >= 0
            && slot < used
            && providers[slot] != null
            && uses[slot] == (int) (number >>> Integer.SIZE);
    return open ? slot : -1;
  }

  Provider provider(int slot) {
    Provider provider = providers[slot];
    if (provider == null) {
      throw new IllegalStateException("nothing is held in this slot");
    }
    return provider;
  }

  String name(int slot) {
    return names[slot];
  }

  int stay(int slot) {
    return stays[slot];
  }

  int gpus(int slot) {
    return gpus[slot];
  }

  void remove(int slot) {
    providers[slot] = null;
    uses[slot] = (uses[slot] + 1) & Integer.MAX_VALUE;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = slot;
  }

  private void grow() {
    int capacity = 2 * names.length;
    providers = Arrays.copyOf(providers, capacity);
    names = Arrays.copyOf(names, capacity);
    stays = Arrays.copyOf(stays, capacity);
    gpus = Arrays.copyOf(gpus, capacity);
    uses = Arrays.copyOf(uses, capacity);
  }
}
