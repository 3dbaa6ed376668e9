package org.gpumarket.node.daemon;

import java.util.List;
import java.util.stream.Stream;
import org.gpumarket.node.lease.ConsumerLeases;
import org.gpumarket.node.lease.ProviderLeases;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;

/** Finds the leases that people mean: by id, by its beginning, or by a deployment's name. */
final class LeaseTargets {
  private static final int SHORTEST_BEGINNING = 4;

  private final ProviderLeases provided;
  private final ConsumerLeases taken;

  LeaseTargets(ProviderLeases provided, ConsumerLeases taken) {
    this.provided = provided;
    this.taken = taken;
  }

  /**
   * The leases that are meant, one or more; open ones where any are.
   *
   * @throws RefusalException when there is none
   */
  List<LeaseView> all(String target) throws RefusalException {
    List<LeaseView> open = named(target, taken.views(false), provided.views(false));
    if (!open.isEmpty()) {
      return open;
    }
    List<LeaseView> ended = named(target, taken.views(true), provided.views(true));
    if (ended.isEmpty()) {
      throw new RefusalException(
          Reason.NOT_FOUND, "no lease and no deployment is called '" + target + "'");
    }
    return ended;
  }

  private static List<LeaseView> named(
      String target, List<LeaseView> taken, List<LeaseView> provided) {
    return Stream.concat(taken.stream(), provided.stream())
        .filter(lease -> means(target, lease))
        .toList();
  }

  /**
   * The one lease that is meant.
   *
   * @throws RefusalException when there is none, or several
   */
  LeaseView one(String target) throws RefusalException {
    List<LeaseView> leases = all(target);
    if (leases.size() > 1 && leases.stream().anyMatch(LeaseTargets::open)) {
      throw new RefusalException(
          Reason.INVALID,
          "'" + target + "' means " + leases.size() + " leases: name one by its id");
    }
    return leases.getFirst();
  }

  static boolean open(LeaseView lease) {
    return lease.getStatus().getState() != LeaseState.LEASE_STATE_CLOSED;
  }

  private static boolean means(String target, LeaseView lease) {
    return lease.getDeployment().equals(target)
        || lease.getName().equals(target)
        || lease.getLeaseId().equals(target)
        || (target.length() >= SHORTEST_BEGINNING && lease.getLeaseId().startsWith(target));
  }
}
