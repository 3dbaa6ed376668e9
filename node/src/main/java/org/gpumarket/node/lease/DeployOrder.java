package org.gpumarket.node.lease;

import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.v1.Policy;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.WorkloadSpec;

/**
 * One workload of a deployment that wants a lease.
 *
 * @param requestId makes deploying safe to repeat; 26 characters of base32
 * @param deployment the deployment's name
 * @param workload the workload's name in it
 * @param waitMillis how long to wait for offers where none fits yet
 */
public record DeployOrder(
    String requestId,
    String deployment,
    String workload,
    WorkloadSpec spec,
    Requirements requirements,
    Policy policy,
    long waitMillis) {
  /**
   * Checks the id.
   *
   * @throws IllegalArgumentException when it is none
   */
  public DeployOrder {
    if (!Base32.isId(requestId)) {
      throw new IllegalArgumentException("a request id has 26 characters of base32");
    }
  }

  int gpuCount() {
    return Math.max(1, requirements.getGpuCount());
  }
}
