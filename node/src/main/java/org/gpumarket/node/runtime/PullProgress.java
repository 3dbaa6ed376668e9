package org.gpumarket.node.runtime;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ProgressDetail;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells how far an image is fetched: at once, and then at most once a second. Layers that were
 * complete before count as nothing; engines that give no sizes are told of without numbers.
 */
final class PullProgress extends ResultCallback.Adapter<PullResponseItem> {
  private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String FETCHING = "the image is being fetched";

  private final Consumer<String> progress;
  private final LongSupplier nanoTime;
  private final Map<String, Layer> layers = new HashMap<>();
  private String told = "";
  private long toldNanos;
  private volatile String refusal = "";

  /**
   * Tells that fetching has begun.
   *
   * @param nanoTime a monotonic clock, as {@link System#nanoTime}
   */
  PullProgress(Consumer<String> progress, LongSupplier nanoTime) {
    this.progress = progress;
    this.nanoTime = nanoTime;
    tell(FETCHING);
  }

  /** What the engine said against it, if it did. */
  Optional<String> refusal() {
    return refusal.isEmpty() ? Optional.empty() : Optional.of(refusal);
  }

  @Override
  public synchronized void onNext(PullResponseItem item) {
    String error = item.getErrorDetail() == null ? null : item.getErrorDetail().getMessage();
    if (error != null) {
      refusal = error;
    }
    note(item);
    String sentence = sentence();
    if (!sentence.equals(told) && nanoTime.getAsLong() - toldNanos >= BETWEEN_NANOS) {
      tell(sentence);
    }
  }

  /** Only bytes that come over the network count: a layer is unpacked with the same numbers. */
  private void note(PullResponseItem item) {
    String layer = item.getId();
    String status = item.getStatus();
    if (layer == null || status == null) {
      return;
    }
    ProgressDetail detail = item.getProgressDetail();
    if (status.equals("Downloading") && detail != null && detail.getCurrent() != null) {
      long total = detail.getTotal() == null ? 0 : Math.max(0, detail.getTotal());
      layers.put(layer, new Layer(Math.max(0, detail.getCurrent()), total));
    } else if (status.equals("Download complete") || status.equals("Pull complete")) {
      layers.computeIfPresent(layer, (_, known) -> new Layer(known.total(), known.total()));
    }
  }

  private String sentence() {
    long current = layers.values().stream().mapToLong(Layer::current).sum();
    long total = layers.values().stream().mapToLong(Layer::total).sum();
    return total == 0 ? FETCHING : FETCHING + ": " + mib(current) + " of " + mib(total) + " MiB";
  }

  private void tell(String sentence) {
    told = sentence;
    toldNanos = nanoTime.getAsLong();
    progress.accept(sentence);
  }

  private static long mib(long bytes) {
    return bytes >> 20;
  }

  /** Bytes of one layer. */
  private record Layer(long current, long total) {}
}
