package org.gpumarket.matcher.packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The free capacity of many rigs, numbered from 0. What would take more than is free, or give back
 * more than a rig has, is refused and changes nothing. Not safe for use by several threads.
 */
public final class Fleet {
  private final List<Rig> rigs;
  private final long[] cpuMillis;
  private final long[] memoryMib;
  private final int[][] gpuMillis;
  private final int[] changes;

  /** A fleet on which nothing runs. */
  public Fleet(List<Rig> rigs) {
    this.rigs = List.copyOf(rigs);
    cpuMillis = this.rigs.stream().mapToLong(Rig::cpuMillis).toArray();
    memoryMib = this.rigs.stream().mapToLong(Rig::memoryMib).toArray();
    gpuMillis = new int[this.rigs.size()][];
    for (int i = 0; i < gpuMillis.length; i++) {
      gpuMillis[i] = new int[this.rigs.get(i).gpus()];
      Arrays.fill(gpuMillis[i], Rig.WHOLE_GPU);
    }
    changes = new int[gpuMillis.length];
  }

  public int size() {
    return gpuMillis.length;
  }

  public Rig rig(int number) {
    return rigs.get(number);
  }

  /** Free thousandths of a processor. */
  public long freeCpuMillis(int number) {
    return cpuMillis[number];
  }

  /** Free MiB. */
  public long freeMemoryMib(int number) {
    return memoryMib[number];
  }

  /** Free thousandths of each GPU; a copy. */
  public int[] freeGpuMillis(int number) {
    return gpuMillis[number].clone();
  }

  /** How often this rig's free capacity has changed: equal answers mean equal capacity. */
  int changes(int number) {
    return changes[number];
  }

  /** Whether the demand fits on this rig now. */
  public boolean fits(int number, Demand demand) {
    if (cpuMillis[number] < demand.cpuMillis()
        || memoryMib[number] < demand.memoryMib()
        || !demand.accepts(rigs.get(number).model())) {
      return false;
    }
    int enough = 0;
    for (int free : gpuMillis[number]) {
      enough += free >= demand.gpuMillis() ? 1 : 0;
    }
    return enough >= demand.gpus();
  }

  /** The lowest-numbered GPUs of a rig with room for the demand, as many as it needs. */
  public List<Integer> firstGpus(int number, Demand demand) {
    List<Integer> gpus = new ArrayList<>();
    int[] free = gpuMillis[number];
    for (int i = 0; i < free.length && gpus.size() < demand.gpus(); i++) {
      if (free[i] >= demand.gpuMillis()) {
        gpus.add(i);
      }
    }
    return gpus;
  }

  /**
   * Takes what the demand needs.
   *
   * @throws IllegalArgumentException when it does not fit there
   */
  public void place(Placement placement, Demand demand) {
    int number = placement.rig();
    boolean room = fits(number, demand) && isFor(placement, demand);
    for (int gpu : placement.gpus()) {
      room = room && gpuMillis[number][gpu] >= demand.gpuMillis();
    }
    if (!room) {
      throw new IllegalArgumentException(demand + " does not fit at " + placement);
    }
    move(placement, demand, -1);
  }

  /**
   * Gives back what {@link #place} took.
   *
   * @throws IllegalArgumentException when the rig would have more free than it has
   */
  public void release(Placement placement, Demand demand) {
    int number = placement.rig();
    Rig rig = rigs.get(number);
    boolean taken =
        isFor(placement, demand)
            && cpuMillis[number] + demand.cpuMillis() <= rig.cpuMillis()
            && memoryMib[number] + demand.memoryMib() <= rig.memoryMib();
    for (int gpu : placement.gpus()) {
      taken = taken && gpuMillis[number][gpu] + demand.gpuMillis() <= Rig.WHOLE_GPU;
    }
    if (!taken) {
      throw new IllegalArgumentException(demand + " was not placed at " + placement);
    }
    move(placement, demand, 1);
  }

  private boolean isFor(Placement placement, Demand demand) {
    int gpus = gpuMillis[placement.rig()].length;
    return placement.gpus().size() == demand.gpus()
        && placement.gpus().stream().distinct().count() == demand.gpus()
        && placement.gpus().stream().allMatch(gpu -> gpu >= 0 && gpu < gpus);
  }

  private void move(Placement placement, Demand demand, int sign) {
    int number = placement.rig();
    cpuMillis[number] += sign * demand.cpuMillis();
    memoryMib[number] += sign * demand.memoryMib();
    for (int gpu : placement.gpus()) {
      gpuMillis[number][gpu] += sign * demand.gpuMillis();
    }
    changes[number]++;
  }
}
