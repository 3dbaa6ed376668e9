package org.gpumarket.node.daemon;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.lease.ConsumerLeases;
import org.gpumarket.node.lease.ProviderLeases;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.CloseLeasesResponse;
import org.gpumarket.v1.ExtendOwnLeaseRequest;
import org.gpumarket.v1.ExtendOwnLeaseResponse;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListLeasesRequest;
import org.gpumarket.v1.ListLeasesResponse;

/** The owner's wishes for leases of either side: lists them, ends them, makes them longer. */
final class LocalLeases {
  /** How long "stop" waits for the last voucher before it answers with what there is. */
  private static final long CLOSE_SECONDS = 10;

  private final ProviderLeases provided;
  private final ConsumerLeases taken;
  private final LeaseTargets targets;

  LocalLeases(ProviderLeases provided, ConsumerLeases taken) {
    this.provided = provided;
    this.taken = taken;
    this.targets = new LeaseTargets(taken::views, provided::views);
  }

  ListLeasesResponse list(ListLeasesRequest request) {
    return ListLeasesResponse.newBuilder()
        .addAllLeases(taken.views(request.getIncludeClosed()))
        .addAllLeases(provided.views(request.getIncludeClosed()))
        .build();
  }

  /**
   * Ends what is meant and open; answers when the last voucher has come, or after ten seconds
   * without.
   */
  CloseLeasesResponse close(CloseLeasesRequest request)
      throws RefusalException, InterruptedException, ExecutionException, TimeoutException {
    List<CompletableFuture<LeaseView>> closing = new ArrayList<>();
    for (LeaseView lease : targets.open(request.getTarget())) {
      if (lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER) {
        closing.add(CompletableFuture.completedFuture(provided.closeOwn(lease.getLeaseId())));
      } else {
        LeaseView begun = taken.close(lease.getLeaseId());
        closing.add(
            taken
                .closed(lease.getLeaseId())
                .completeOnTimeout(begun, CLOSE_SECONDS, TimeUnit.SECONDS));
      }
    }
    CloseLeasesResponse.Builder response = CloseLeasesResponse.newBuilder();
    for (CompletableFuture<LeaseView> one : closing) {
      response.addLeases(one.get(CLOSE_SECONDS + 1, TimeUnit.SECONDS));
    }
    return response.build();
  }

  ExtendOwnLeaseResponse extend(ExtendOwnLeaseRequest request) throws RefusalException {
    return ExtendOwnLeaseResponse.newBuilder()
        .setLease(
            taken.extend(
                targets.one(request.getTarget()).getLeaseId(),
                Base32.randomId(new SecureRandom()),
                request.getAdditionalMs()))
        .build();
  }

  /** Shows a workload's output; blocks until it ends or the thread is interrupted. */
  void streamLogs(FollowLogsRequest request, LogSink sink) throws RefusalException {
    LeaseView lease = targets.one(request.getTarget());
    int tail = Math.max(0, request.getTailLines());
    if (lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER) {
      provided.streamLogs(
          NodeId.parse(lease.getCounterparty()),
          lease.getLeaseId(),
          request.getFollow(),
          tail,
          sink);
    } else {
      taken.streamLogs(lease.getLeaseId(), request.getFollow(), tail, sink);
    }
  }
}
