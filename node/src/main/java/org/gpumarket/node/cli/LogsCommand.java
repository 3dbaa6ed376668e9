package org.gpumarket.node.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.FollowLogsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    description = "Show what a workload has written.",
    footer = {"", "Examples:", "  gpumarket logs train", "  gpumarket logs -f --tail 20 train"})
final class LogsCommand extends NodeCommand {
  @Parameters(
      paramLabel = "LEASE",
      converter = FlagValues.Name.class,
      description = "a lease's id or its beginning, or a deployment with one lease")
  private String target = "";

  @Option(
      names = {"-f", "--follow"},
      description = "go on while it runs")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "N",
      converter = FlagValues.LineCount.class,
      description = "only the last lines, 1 to 100000 (all that are kept)")
  private int tail;

  @Override
  public Integer call() throws Failure, IOException {
    OutputStream out = Terminal.guard(System.out);
    OutputStream err = Terminal.guard(System.err);
    try (LocalApi api = connect()) {
      Iterator<FollowLogsResponse> pieces =
          api.stub()
              .followLogs(
                  FollowLogsRequest.newBuilder()
                      .setTarget(target)
                      .setFollow(follow)
                      .setTailLines(tail)
                      .build());
      while (pieces.hasNext()) {
        FollowLogsResponse piece = pieces.next();
        OutputStream to = piece.getStderr() ? err : out;
        piece.getData().writeTo(to);
        to.flush();
      }
    }
    return 0;
  }
}
