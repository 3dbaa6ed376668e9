package org.gpumarket.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Rig;

/**
 * No packer can allocate more, even one that knows all tasks beforehand: the Lagrangian bound of
 * filling GPUs with the parts and whole GPUs asked for, as if all GPUs were in one rig with
 * processors and memory without end. Tasks in a first stretch must all be taken; any of the others
 * may be refused.
 *
 * <p>For any prices p of parts, Σ count × p + GPUs × the most Σ (size − p) of parts that fit on one
 * GPU is such a bound (weak duality), where only the parts that must be taken are counted at a
 * price below 0. Subgradient steps look for prices that make it small.
 */
final class GpuBound {
  private static final int STEPS = 8_000;
  private static final int PATIENCE = 200;
  private static final double FIRST_AIM = 0.02;
  private static final double LEAST_PRICE = -10_000;

  private final int[] sizes;
  private final double[] counts;
  private final double[] musts;
  private final long gpus;
  private final double[] most = new double[Rig.WHOLE_GPU + 1];
  private final int[] last = new int[Rig.WHOLE_GPU + 1];

  private GpuBound(List<Demand> tasks, int musts, long gpus) {
    Map<Integer, Integer> all = parts(tasks);
    Map<Integer, Integer> first = parts(tasks.subList(0, musts));
    sizes = all.keySet().stream().mapToInt(Integer::intValue).toArray();
    counts = Arrays.stream(sizes).mapToDouble(all::get).toArray();
    this.musts = Arrays.stream(sizes).mapToDouble(size -> first.getOrDefault(size, 0)).toArray();
    this.gpus = gpus;
  }

  /**
   * The bound in thousandths of a GPU, rounded up.
   *
   * @param musts how many of the tasks, from the first, must be taken
   */
  static long of(List<Demand> tasks, int musts, long gpus) {
    return (long) Math.ceil(new GpuBound(tasks, musts, gpus).solve());
  }

  private static Map<Integer, Integer> parts(List<Demand> tasks) {
    Map<Integer, Integer> parts = new TreeMap<>();
    for (Demand task : tasks) {
      if (task.gpus() > 0) {
        parts.merge(task.gpuMillis(), task.gpus(), Integer::sum);
      }
    }
    return parts;
  }

  private double count(int part, double[] prices) {
    return prices[part] < 0 ? musts[part] : counts[part];
  }

  private double solve() {
    double[] prices = new double[sizes.length];
    double[] bestPrices = prices;
    double best = Double.POSITIVE_INFINITY;
    double aim = FIRST_AIM * gpus * Rig.WHOLE_GPU;
    int sinceBest = 0;
    for (int step = 0; step < STEPS; step++) {
      double bound = bound(prices);
      sinceBest++;
      if (bound < best) {
        best = bound;
        bestPrices = prices.clone();
        sinceBest = 0;
      } else if (sinceBest == PATIENCE) {
        aim /= 2;
        prices = bestPrices.clone();
        bound = bound(prices);
        sinceBest = 0;
      }
      double[] slope = slope(prices);
      double length = Arrays.stream(slope).map(x -> x * x).sum();
      double stride = (bound - best + aim) / Math.max(1, length);
      for (int i = 0; i < prices.length; i++) {
        prices[i] = Math.clamp(prices[i] - stride * slope[i], LEAST_PRICE, sizes[i]);
      }
    }
    return best;
  }

  private double bound(double[] prices) {
    double bound = 0;
    for (int i = 0; i < sizes.length; i++) {
      bound += count(i, prices) * prices[i];
    }
    for (int room = 1; room <= Rig.WHOLE_GPU; room++) {
      most[room] = most[room - 1];
      last[room] = -1;
      for (int i = 0; i < sizes.length && sizes[i] <= room; i++) {
        double with = sizes[i] - prices[i] + most[room - sizes[i]];
        if (with > most[room]) {
          most[room] = with;
          last[room] = i;
        }
      }
    }
    return bound + gpus * most[Rig.WHOLE_GPU];
  }

  /** How the bound changes with each price. */
  private double[] slope(double[] prices) {
    double[] slope = new double[sizes.length];
    Arrays.setAll(slope, i -> count(i, prices));
    int room = Rig.WHOLE_GPU;
    while (room > 0) {
      if (last[room] < 0) {
        room--;
      } else {
        slope[last[room]] -= gpus;
        room -= sizes[last[room]];
      }
    }
    return slope;
  }
}
