package org.gpumarket.matcher.packing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What free capacity is worth to demands of a known mix, in thousandths of a GPU:
 *
 * <pre>value = reach + {@value #CUT_WEIGHT} × Σ over GPUs of cut(free)</pre>
 *
 * <p><b>reach</b> is, over the kinds of demand, the mean of the free GPU that this kind could use,
 * weighted by how often the kind arrives: 0 where not even one such demand fits; else the free
 * thousandths of all GPUs with room for it, and {@value #LASTING_SHARE} of that is counted only as
 * far as processors and memory last. (With a share of 0 this is what fragmentation gradient descent
 * looks at: Weng et al., USENIX ATC 2023. It does not see that processors run out before the GPUs.)
 *
 * <p><b>cut(r)</b> is the value of the dearest set of parts that can still be cut from r
 * thousandths of a GPU. A part's price is its {@linkplain GpuPrices cutting-stock price}, with
 * {@value #SIZE_SHARE} of its plain size mixed in, which decides between parts that the market has
 * in plenty. Only the {@value #MAX_SIZES} sizes asked for most often are priced: the others count
 * by reach alone.
 *
 * <p>A valuation takes O(kinds × GPUs). Immutable, but for a cache by model: for one thread.
 */
final class Outlook implements RigValue {
  private static final double CUT_WEIGHT = 8;
  private static final double LASTING_SHARE = 0.2;
  private static final double SIZE_SHARE = 0.03;

  /** Up to here pricing takes some milliseconds and always ends; see {@link GpuPrices}. */
  private static final int MAX_SIZES = 64;

  private final Map<Demand, Integer> counts;
  private final double arrivals;
  private final Map<String, List<Kind>> kindsByModel = new HashMap<>();
  private final double[] cut = new double[Rig.WHOLE_GPU + 1];

  /** Knows these kinds by how often they have arrived. */
  Outlook(Map<Demand, Integer> counts) {
    this.counts = counts;
    arrivals = counts.values().stream().mapToLong(Integer::longValue).sum();
    price();
  }

  private void price() {
    Map<Integer, Double> parts = new TreeMap<>();
    counts.forEach(
        (demand, count) -> {
          if (demand.sharesGpu()) {
            parts.merge(demand.gpuMillis(), (double) count, Double::sum);
          }
        });
    int[] sizes =
        parts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Double>comparingByValue().reversed())
            .limit(MAX_SIZES)
            .mapToInt(Map.Entry::getKey)
            .sorted()
            .toArray();
    double[] prices = GpuPrices.of(sizes, Arrays.stream(sizes).mapToDouble(parts::get).toArray());
    for (int i = 0; i < sizes.length; i++) {
      prices[i] = (1 - SIZE_SHARE) * prices[i] * Rig.WHOLE_GPU + SIZE_SHARE * sizes[i];
    }
    Knapsack knapsack = new Knapsack(sizes, prices);
    for (int room = 0; room < cut.length; room++) {
      cut[room] = knapsack.value(room);
    }
    if (sizes.length == 0) {
      cut[Rig.WHOLE_GPU] = Rig.WHOLE_GPU;
    }
  }

  @Override
  public double of(String model, long cpuMillis, long memoryMib, int[] freeGpuMillis) {
    double reach = 0;
    for (Kind kind : kindsByModel.computeIfAbsent(model, this::kinds)) {
      reach += kind.frequency * reach(kind, cpuMillis, memoryMib, freeGpuMillis);
    }
    double cuts = 0;
    for (int free : freeGpuMillis) {
      cuts += cut[free];
    }
    return reach + CUT_WEIGHT * cuts;
  }

  private List<Kind> kinds(String model) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().gpus() > 0 && entry.getKey().accepts(model))
        .map(entry -> Kind.of(entry.getKey(), entry.getValue() / arrivals))
        .toList();
  }

  private static double reach(Kind kind, long cpuMillis, long memoryMib, int[] freeGpuMillis) {
    if (cpuMillis < kind.cpuMillis || memoryMib < kind.memoryMib) {
      return 0;
    }
    int gpus = 0;
    int usable = 0;
    for (int free : freeGpuMillis) {
      if (free >= kind.gpuMillis) {
        gpus++;
        usable += free;
      }
    }
    if (gpus < kind.gpus) {
      return 0;
    }
    double times =
        Math.min(
            cpuMillis / (double) Math.max(1, kind.cpuMillis),
            memoryMib / (double) Math.max(1, kind.memoryMib));
    double lasting = Math.min(usable, times * kind.gpus * kind.gpuMillis);
    return (1 - LASTING_SHARE) * usable + LASTING_SHARE * lasting;
  }

  private record Kind(long cpuMillis, long memoryMib, int gpus, int gpuMillis, double frequency) {
    static Kind of(Demand demand, double frequency) {
      return new Kind(
          demand.cpuMillis(), demand.memoryMib(), demand.gpus(), demand.gpuMillis(), frequency);
    }
  }
}
