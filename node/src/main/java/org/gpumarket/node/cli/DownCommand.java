package org.gpumarket.node.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.StopNodeRequest;
import picocli.CommandLine.Command;

@Command(
    name = "down",
    description = "Stop this machine's node in order: leases are closed and settled first.",
    footer = {"", "Example:", "  gpumarket down"})
final class DownCommand extends NodeCommand {
  private static final long STOP_SECONDS = 15;

  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var _ = api.stub().stopNode(StopNodeRequest.getDefaultInstance());
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    while (LocalApi.isRunning(home().dataFolder())) {
      if (System.nanoTime() > deadline) {
        throw new Failure("the node takes longer than " + STOP_SECONDS + " s to stop");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    System.out.println("The node has stopped.");
    return 0;
  }
}
