package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.junit.jupiter.api.Test;

class LeaseTargetsTest {
  private final List<LeaseView> taken = new ArrayList<>();
  private final LeaseTargets targets =
      new LeaseTargets(
          includeClosed ->
              taken.stream().filter(lease -> includeClosed || LeaseTargets.isOpen(lease)).toList(),
          _ -> List.of());

  @Test
  void whereANameMeansSeveralOpenLeasesTheirIdsAreSaid() {
    taken.add(lease("aaaa1", LeaseState.LEASE_STATE_RUNNING));
    taken.add(lease("aaaa2", LeaseState.LEASE_STATE_RUNNING));

    assertThatThrownBy(() -> targets.one("web"))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining(
            "'web' means 2 leases: name one by its id, aaaa1 (web/main), aaaa2 (web/main)");
  }

  @Test
  void ofSeveralLeasesTheOneThatIsOpenIsMeantAndOfEndedOnesTheNewest() throws Exception {
    taken.add(lease("aaaa2", LeaseState.LEASE_STATE_CLOSED));
    taken.add(lease("aaaa1", LeaseState.LEASE_STATE_CLOSED));
    assertThat(targets.one("web").getLeaseId()).isEqualTo("aaaa2");

    taken.add(lease("aaaa0", LeaseState.LEASE_STATE_CLOSING));
    assertThat(targets.one("web").getLeaseId()).isEqualTo("aaaa0");
  }

  @Test
  void whatHasEndedIsNotOpenAndWhatNeverWasIsRefused() throws Exception {
    taken.add(lease("aaaa1", LeaseState.LEASE_STATE_CLOSED));

    assertThat(targets.open("web")).isEmpty();
    assertThat(targets.open("aaaa1")).isEmpty();
    assertThatThrownBy(() -> targets.open("db"))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("no lease and no deployment is called 'db'");
  }

  private static LeaseView lease(String id, LeaseState state) {
    return LeaseView.newBuilder()
        .setLeaseId(id)
        .setName("web/main")
        .setDeployment("web")
        .setStatus(LeaseStatus.newBuilder().setState(state))
        .build();
  }
}
