package org.gpumarket.bench;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.GetNodeStatusRequest;

/**
 * Memory of an idle node, of one that knows 10,000 offers, and the time from "up" to ready; the
 * control is a process with the same server stack and nothing behind it.
 */
public final class IdleNode {
  private static final int ROUNDS = 5;
  private static final int OFFERS = 10_000;
  private static final long SETTLE_SECONDS = 5;

  private IdleNode() {}

  public static void main(String[] args) throws Exception {
    double[] bare = new double[ROUNDS];
    double[] idle = new double[ROUNDS];
    double[] full = new double[ROUNDS];
    double[] readySeconds = new double[ROUNDS];
    try (LoopbackServer market = new LoopbackServer(OFFERS)) {
      for (int round = 0; round < ROUNDS; round++) {
        Path folder = Files.createTempDirectory("gpumarket-bench");
        try (NodeProcess control =
            NodeProcess.main(folder.resolve("bare.log"), BareServer.class.getName(), List.of())) {
          settle();
          bare[round] = control.residentMib();
        }
        long start = System.nanoTime();
        try (NodeProcess node =
            NodeProcess.node(folder.resolve("idle"), List.of("--listen", "127.0.0.1:0"))) {
          readySeconds[round] = (System.nanoTime() - start) / 1e9;
          settle();
          idle[round] = node.residentMib();
        }
        full[round] = knowing(folder.resolve("full"), market);
      }
    }
    System.out.println("bare server, resident MiB:  " + Spread.of(bare));
    System.out.println("idle node, resident MiB:    " + Spread.of(idle));
    System.out.println("10,000 offers, resident MiB: " + Spread.of(full));
    System.out.println("up to ready, s:             " + Spread.of(readySeconds));
    System.exit(0);
  }

  private static double knowing(Path home, LoopbackServer market) throws Exception {
    String address = InetAddress.getLoopbackAddress().getHostAddress() + ":" + market.port();
    try (NodeProcess node =
            NodeProcess.node(home, List.of("--listen", "127.0.0.1:0", "--bootstrap", address));
        LocalApi api = LocalApi.connect(home)) {
      while (api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance()).getOfferCount()
          < OFFERS) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
      settle();
      return node.residentMib();
    }
  }

  private static void settle() {
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(SETTLE_SECONDS));
  }
}
