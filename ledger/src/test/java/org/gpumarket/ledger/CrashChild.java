package org.gpumarket.ledger;

import com.google.protobuf.Int64Value;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.gpumarket.v1.LeaseRole;

/** Appends without end and tells each acknowledgement on a line, until somebody kills it. */
public final class CrashChild {
  private static final int UNDER_WAY = 64;

  private CrashChild() {}

  public static void main(String[] args) throws Exception {
    Story story = new Story();
    Semaphore room = new Semaphore(UNDER_WAY);
    try (Ledger ledger = Ledger.open(Path.of(args[0]), story.provider, InstantSource.system())) {
      for (long number = ledger.size(); ; number++) {
        String lease = "l" + number;
        room.acquire();
        var _ =
            ledger
                .commit(
                    Commit.of(
                        story.agreed(lease, LeaseRole.LEASE_ROLE_PROVIDER),
                        RowChange.put("t", lease, Int64Value.of(number))))
                .thenAccept(
                    committed -> {
                      System.out.println(committed.firstIndex() + " " + lease);
                      room.release();
                    });
      }
    }
  }
}
