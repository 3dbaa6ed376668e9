package org.gpumarket.node.daemon;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;

/** Finds the leases that people mean: by id, by its beginning, or by a deployment's name. */
final class LeaseTargets {
  private static final int SHORTEST_BEGINNING = 4;

  /** How many of several leases a sentence names. */
  private static final int LISTED = 8;

  private final Side taken;
  private final Side provided;

  /** One side's leases. */
  interface Side {
    List<LeaseView> views(boolean includeClosed);
  }

  LeaseTargets(Side taken, Side provided) {
    this.taken = taken;
    this.provided = provided;
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

  /**
   * The open leases that are meant; none where all that are meant have ended.
   *
   * @throws RefusalException when nothing is called so
   */
  List<LeaseView> open(String target) throws RefusalException {
    return all(target).stream().filter(LeaseTargets::isOpen).toList();
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
    if (leases.size() > 1 && leases.stream().anyMatch(LeaseTargets::isOpen)) {
      throw new RefusalException(
          Reason.INVALID,
          "'"
              + target
              + "' means "
              + leases.size()
              + " leases: name one by its id, "
              + leases.stream()
                  .limit(LISTED)
                  .map(lease -> lease.getLeaseId() + " (" + lease.getName() + ")")
                  .collect(Collectors.joining(", "))
              + (leases.size() > LISTED ? ", …" : ""));
    }
    return leases.getFirst();
  }

  static boolean isOpen(LeaseView lease) {
    return lease.getStatus().getState() != LeaseState.LEASE_STATE_CLOSED;
  }

  private static boolean means(String target, LeaseView lease) {
    return lease.getDeployment().equals(target)
        || lease.getName().equals(target)
        || lease.getLeaseId().equals(target)
        || (target.length() >= SHORTEST_BEGINNING && lease.getLeaseId().startsWith(target));
  }
}
