package org.gpumarket.node.lease;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.Row;
import org.gpumarket.ledger.RowChange;
import org.gpumarket.node.runtime.GpuFence;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.GpuEpochRow;
import org.gpumarket.v1.LeasedGpu;

/**
 * Which lease has which GPU, and the newest epoch promised for each: the fencing token.
 *
 * <p>Guarantees: a GPU has one holder at most; an epoch is on disk before anybody hears of it, and
 * is never given twice. One lock; safe for use by several threads.
 */
public final class GpuHolds implements GpuFence {
  private static final String TABLE = "gpu-epoch";

  private final DurableWrites writes;
  private final Map<String, Long> epochs = new HashMap<>();
  private final Map<String, String> holders = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private GpuHolds(Ledger ledger) {
    this.writes = new DurableWrites(ledger);
  }

  /**
   * Reads the epochs that were promised so far; no GPU is held.
   *
   * @throws LedgerException when the store cannot be read
   */
  public static GpuHolds open(Ledger ledger) throws LedgerException {
    GpuHolds holds = new GpuHolds(ledger);
    for (Row row : ledger.rows(TABLE)) {
      try {
        holds.epochs.put(row.key(), GpuEpochRow.parseFrom(row.value()).getEpoch());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("the epoch of GPU " + row.key() + " cannot be read", e);
      }
    }
    return holds;
  }

  /** Called after every change of what is free; must not wait for anything. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized boolean newest(String gpuUuid, long epoch) {
    return epochs.getOrDefault(gpuUuid, 0L) == epoch;
  }

  /** The first of these GPUs that was promised anew since. */
  synchronized Optional<LeasedGpu> overtaken(List<LeasedGpu> gpus) {
    return gpus.stream().filter(gpu -> !newest(gpu.getUuid(), gpu.getEpoch())).findFirst();
  }

  /** The lease or quote that has this GPU. */
  public synchronized Optional<String> holder(String gpuUuid) {
    return Optional.ofNullable(holders.get(gpuUuid));
  }

  /** How many of these GPUs nobody has. */
  public synchronized int free(List<String> gpuUuids) {
    return (int) gpuUuids.stream().filter(uuid -> !holders.containsKey(uuid)).count();
  }

  /**
   * Takes GPUs for a lease, the first free ones in the order given, each under a new epoch.
   *
   * @throws RefusalException when too few are free, or the epochs cannot be written
   */
  List<LeasedGpu> take(String leaseId, List<String> gpuUuids, int count) throws RefusalException {
    List<LeasedGpu> taken = takeLocked(leaseId, gpuUuids, count);
    tell();
    return taken;
  }

  private synchronized List<LeasedGpu> takeLocked(String leaseId, List<String> gpuUuids, int count)
      throws RefusalException {
    List<String> free = gpuUuids.stream().filter(uuid -> !holders.containsKey(uuid)).toList();
    if (free.size() < count) {
      throw new RefusalException(
          Reason.EXHAUSTED,
          "too few GPUs are free: " + free.size() + ", and asked for are " + count);
    }
    List<LeasedGpu> taken = new ArrayList<>();
    List<RowChange> rows = new ArrayList<>();
    for (String uuid : free.subList(0, count)) {
      long epoch = epochs.getOrDefault(uuid, 0L) + 1;
      taken.add(LeasedGpu.newBuilder().setUuid(uuid).setEpoch(epoch).build());
      rows.add(
          RowChange.put(
              TABLE, uuid, GpuEpochRow.newBuilder().setUuid(uuid).setEpoch(epoch).build()));
    }
    writes.write(List.of(), rows.toArray(RowChange[]::new));
    for (LeasedGpu gpu : taken) {
      epochs.put(gpu.getUuid(), gpu.getEpoch());
      holders.put(gpu.getUuid(), leaseId);
    }
    return List.copyOf(taken);
  }

  /** Takes the GPUs of a lease that was found after a restart. False: they went to another. */
  synchronized boolean retake(String leaseId, List<LeasedGpu> gpus) {
    for (LeasedGpu gpu : gpus) {
      String holder = holders.get(gpu.getUuid());
      if (!newest(gpu.getUuid(), gpu.getEpoch()) || (holder != null && !holder.equals(leaseId))) {
        return false;
      }
    }
    gpus.forEach(gpu -> holders.put(gpu.getUuid(), leaseId));
    return true;
  }

  /** Frees what a lease or quote has; their epochs stay the newest. */
  void release(String leaseId) {
    boolean changed;
    synchronized (this) {
      changed = holders.values().removeIf(leaseId::equals);
    }
    if (changed) {
      tell();
    }
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }
}
