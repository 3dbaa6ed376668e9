package org.gpumarket.node.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseView;

/** What a deployer should know about leases that cost money beside the one that is looked at. */
final class DeployNotes {
  private DeployNotes() {}

  /** Not every workload has its lease, and the others go on. */
  static String partly(DeployRequest request, int open) {
    return open
        + " of "
        + request.getWorkloadsCount()
        + (open == 1 ? " goes on and costs money" : " go on and cost money")
        + "; to end what runs: gpumarket stop "
        + request.getDeployment();
  }

  /**
   * The same deployment was begun before; empty when nothing of it is open.
   *
   * @param open the open leases of this node
   */
  static String again(DeployRequest request, List<LeaseView> open) {
    List<LeaseView> before =
        open.stream()
            .filter(lease -> lease.getRole() == LeaseRole.LEASE_ROLE_CONSUMER)
            .filter(lease -> lease.getDeployment().equals(request.getDeployment()))
            .toList();
    return before.isEmpty()
        ? ""
        : "Note: '"
            + request.getDeployment()
            + "' has "
            + before.size()
            + (before.size() == 1 ? " open lease" : " open leases")
            + " already ("
            + before.stream()
                .map(lease -> Show.id(lease.getLeaseId()))
                .collect(Collectors.joining(", "))
            + "); this one comes on top. To end them all: gpumarket stop "
            + request.getDeployment();
  }
}
