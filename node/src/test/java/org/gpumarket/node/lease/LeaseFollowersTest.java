package org.gpumarket.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseFollowersTest {
  @TempDir Path folder;

  @Test
  void aChangeThatWasToldBeforeSomebodyJoinedIsHeardOnce() throws Exception {
    ManualTime time = new ManualTime();
    LeaseFollowers followers = new LeaseFollowers(time);
    LeaseRow agreed = row(LeaseState.LEASE_STATE_AGREED);
    List<LeaseState> heard = new ArrayList<>();

    followers.tell(agreed);
    followers.join(view -> heard.add(view.getStatus().getState()), agreed);
    followers.tell(row(LeaseState.LEASE_STATE_STARTING));
    time.runAll();

    assertThat(heard)
        .containsExactly(LeaseState.LEASE_STATE_AGREED, LeaseState.LEASE_STATE_STARTING);
  }

  private LeaseRow row(LeaseState state) throws LedgerException {
    try (LeaseWorld world = new LeaseWorld(folder.resolve(state.name()))) {
      ConsumerSide consumer = world.consumer(world.provider(LeaseWorld.PRICE, 1));
      consumer.deploy(consumer.order(1, Duration.ofMinutes(1)));
      return LeaseRows.loadAll(consumer.ledger, LeaseRole.LEASE_ROLE_CONSUMER)
          .getFirst()
          .toBuilder()
          .setState(state)
          .build();
    }
  }
}
