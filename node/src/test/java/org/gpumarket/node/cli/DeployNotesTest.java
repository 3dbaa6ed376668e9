package org.gpumarket.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeploymentWorkload;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseView;
import org.junit.jupiter.api.Test;

class DeployNotesTest {
  private static final DeployRequest REQUEST =
      DeployRequest.newBuilder()
          .setDeployment("web")
          .addWorkloads(DeploymentWorkload.newBuilder().setName("main-1"))
          .addWorkloads(DeploymentWorkload.newBuilder().setName("main-2"))
          .build();

  @Test
  void whatGoesOnOfADeploymentThatFailedInPartIsSaidWithHowToEndIt() {
    assertThat(DeployNotes.partly(REQUEST, 1))
        .isEqualTo("1 of 2 goes on and costs money; to end what runs: gpumarket stop web");
  }

  @Test
  void aDeploymentOfTheSameNameIsNotedWithItsOpenLeases() {
    List<LeaseView> open =
        List.of(
            lease("aaaaaaaaaabbbb", LeaseRole.LEASE_ROLE_CONSUMER, "web"),
            lease("cccccccccc", LeaseRole.LEASE_ROLE_CONSUMER, "db"),
            lease("dddddddddd", LeaseRole.LEASE_ROLE_PROVIDER, "web"));

    assertThat(DeployNotes.again(REQUEST, open))
        .isEqualTo(
            "Note: 'web' has 1 open lease already (aaaaaaaaa); this one comes on top."
                + " To end them all: gpumarket stop web");
    assertThat(DeployNotes.again(REQUEST, open.subList(1, 3))).isEmpty();
  }

  private static LeaseView lease(String id, LeaseRole role, String deployment) {
    return LeaseView.newBuilder().setLeaseId(id).setRole(role).setDeployment(deployment).build();
  }
}
