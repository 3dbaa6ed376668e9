package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.settings.Values;
import org.gpumarket.v1.ExtendOwnLeaseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "extend",
    description = "Let a lease run longer.",
    footer = {"", "Example:", "  gpumarket extend train 2h"})
final class ExtendCommand extends PrintingCommand {
  @Parameters(index = "0", paramLabel = "LEASE", description = "a lease's id or its beginning")
  private String target = "";

  @Parameters(index = "1", paramLabel = "TIME", description = "how much longer, such as 2h")
  private String time = "";

  @Override
  public Integer call() throws Failure {
    long millis;
    try {
      millis = Values.duration(time).toMillis();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
    try (LocalApi api = connect()) {
      var lease =
          api.stub()
              .extendOwnLease(
                  ExtendOwnLeaseRequest.newBuilder()
                      .setTarget(target)
                      .setAdditionalMs(millis)
                      .build())
              .getLease();
      System.out.println(
          json()
              ? Json.of(lease)
              : "Lease "
                  + Show.id(lease.getLeaseId())
                  + " may run "
                  + Show.seconds(lease.getStatus().getDurationMs())
                  + " in all");
    }
    return 0;
  }
}
