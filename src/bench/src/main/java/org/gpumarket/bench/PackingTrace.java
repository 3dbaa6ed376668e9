package org.gpumarket.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Fleet;
import org.gpumarket.matcher.packing.Pack;
import org.gpumarket.matcher.packing.PackingPolicy;
import org.gpumarket.matcher.packing.Placement;
import org.gpumarket.matcher.packing.Rig;

/**
 * GPUs allocated on the trace {@link OpenbTrace}, as a percentage of all: tasks are drawn from its
 * list, with replacement, until they ask for 130 % of the GPUs; they arrive one after another and
 * none leaves. Read when the arrivals reach 100 % and 130 %, for ten seeds. Controls: random, best
 * fit, fragmentation gradient descent, and a bound that no packer can pass.
 *
 * <p>Argument: the folder of the trace.
 */
public final class PackingTrace {
  private static final int SEEDS = 10;

  /** Not 0 to 2: on these the weights of the policy were found. */
  private static final int FIRST_SEED = 100;

  private static final int MOST_PERCENT = 130;

  private final OpenbTrace trace;
  private final List<List<Demand>> arrivals = new ArrayList<>();

  private PackingTrace(OpenbTrace trace) {
    this.trace = trace;
    for (int seed = 0; seed < SEEDS; seed++) {
      arrivals.add(draw(new Random(FIRST_SEED + seed)));
    }
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 1 || args[0].isEmpty()) {
      System.err.println("which folder holds the trace's nodes.csv and pods.csv?");
      System.exit(2);
    }
    PackingTrace bench = new PackingTrace(OpenbTrace.read(Path.of(args[0])));
    bench.bound(0);
    bench.bound(90);
    bench.measure("random", (fleet, seed) -> new RandomFit(fleet, new Random(1_000L + seed)));
    bench.measure("best fit", (fleet, _) -> new BestFit(fleet));
    bench.measure("fgd", (fleet, _) -> Fragmentation.descent(fleet, bench.trace.tasks()));
    bench.measure("pack", (fleet, _) -> new Pack(fleet));
  }

  /** The bound for whoever takes all that arrives until the arrivals reach so many percent. */
  private void bound(int percentTaken) {
    double[] full = new double[SEEDS];
    double[] over = new double[SEEDS];
    long gpus = trace.gpuMillis() / Rig.WHOLE_GPU;
    for (int seed = 0; seed < SEEDS; seed++) {
      List<Demand> tasks = arrivals.get(seed);
      int musts = until(tasks, percentTaken);
      full[seed] = percent(GpuBound.of(tasks.subList(0, until(tasks, 100)), musts, gpus));
      over[seed] = percent(GpuBound.of(tasks, musts, gpus));
    }
    print("bound, all taken until " + percentTaken + " %", full, over, "");
  }

  private List<Demand> draw(RandomGenerator random) {
    List<Demand> tasks = new ArrayList<>();
    long asked = 0;
    while (percent(asked) < MOST_PERCENT) {
      Demand task = trace.tasks().get(random.nextInt(trace.tasks().size()));
      tasks.add(task);
      asked += task.totalGpuMillis();
    }
    return tasks;
  }

  /** How many tasks it takes until they ask for so many percent of the GPUs. */
  private int until(List<Demand> tasks, int percent) {
    long asked = 0;
    int count = 0;
    while (percent(asked) < percent) {
      asked += tasks.get(count).totalGpuMillis();
      count++;
    }
    return count;
  }

  private interface Candidate {
    PackingPolicy policy(Fleet fleet, int seed);
  }

  private void measure(String name, Candidate candidate) {
    double[] full = new double[SEEDS];
    double[] over = new double[SEEDS];
    double[] micros = new double[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
      Fleet fleet = new Fleet(trace.rigs());
      List<Demand> tasks = arrivals.get(seed);
      PackingPolicy policy = candidate.policy(fleet, seed);
      Replay replay = Replay.of(tasks, until(tasks, 100), fleet, policy);
      full[seed] = percent(replay.gpuMillisAtFull());
      over[seed] = percent(replay.gpuMillis());
      micros[seed] = replay.microsPerDecision();
    }
    print(name, full, over, ", µs a decision: " + Spread.of(micros));
  }

  private double percent(long gpuMillis) {
    return 100.0 * gpuMillis / trace.gpuMillis();
  }

  private static void print(String name, double[] full, double[] over, String more) {
    System.out.printf(
        Locale.ROOT,
        "%-28s at 100 %%: %s, at 130 %%: %s%s%n",
        name,
        spread(full),
        spread(over),
        more);
  }

  private static String spread(double[] samples) {
    var all = Arrays.stream(samples).summaryStatistics();
    return String.format(
        Locale.ROOT, "%.2f (%.2f - %.2f)", all.getAverage(), all.getMin(), all.getMax());
  }

  private record Replay(long gpuMillisAtFull, long gpuMillis, double microsPerDecision) {
    static Replay of(List<Demand> tasks, int full, Fleet fleet, PackingPolicy policy) {
      long allocated = 0;
      long atFull = 0;
      long nanos = 0;
      for (int i = 0; i < tasks.size(); i++) {
        Demand task = tasks.get(i);
        long start = System.nanoTime();
        Optional<Placement> place = policy.choose(task);
        nanos += System.nanoTime() - start;
        if (place.isPresent()) {
          fleet.place(place.get(), task);
          allocated += task.totalGpuMillis();
        }
        if (i + 1 == full) {
          atFull = allocated;
        }
      }
      return new Replay(atFull, allocated, nanos / 1_000.0 / tasks.size());
    }
  }
}
