package org.gpumarket.node.lease;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeaseStatus;

/**
 * Who listens to the settlement of one lease. Each is told one thing at a time, in order, on the
 * executor's threads, never on the caller's. Used under the lease's lock.
 */
final class SettleAudience {
  private final Executor executor;
  private final Map<SettleListener, Serial> listeners = new LinkedHashMap<>();

  SettleAudience(Executor executor) {
    this.executor = executor;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  /**
   * Lets a listener in; the first thing it hears is the status.
   *
   * @throws RefusalException when {@link LeaseLimits#SETTLE_STREAMS} listen already
   */
  void join(SettleListener listener, LeaseStatus status) throws RefusalException {
    if (listeners.size() >= LeaseLimits.SETTLE_STREAMS) {
      throw new RefusalException(
          Reason.EXHAUSTED, "this lease has enough settlement streams already");
    }
    listeners.put(listener, new Serial(executor));
    tell(listener, () -> listener.status(status));
  }

  void leave(SettleListener listener) {
    listeners.remove(listener);
  }

  void tellAll(LeaseStatus status) {
    listeners.keySet().forEach(listener -> tell(listener, () -> listener.status(status)));
  }

  /** Who has left meanwhile hears nothing. */
  void tell(SettleListener listener, Runnable call) {
    Serial order = listeners.get(listener);
    if (order != null) {
      order.execute(call);
    }
  }

  /** The last thing that anybody hears. */
  void end() {
    listeners.forEach((listener, order) -> order.execute(listener::ended));
    listeners.clear();
  }
}
