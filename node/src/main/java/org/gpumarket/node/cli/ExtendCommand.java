package org.gpumarket.node.cli;

import java.time.Duration;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.ExtendOwnLeaseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "extend",
    description = "Let a lease run longer.",
    footer = {"", "Example:", "  gpumarket extend train 2h"})
final class ExtendCommand extends PrintingCommand {
  @Parameters(
      index = "0",
      paramLabel = "LEASE",
      converter = FlagValues.Name.class,
      description = "a lease's id or its beginning, or a deployment with one lease")
  private String target = "";

  @Parameters(
      index = "1",
      paramLabel = "TIME",
      converter = FlagValues.Extension.class,
      description = "how much longer, such as 2h; at most 30d in all")
  private Duration time = Duration.ZERO;

  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var lease =
          api.stub()
              .extendOwnLease(
                  ExtendOwnLeaseRequest.newBuilder()
                      .setTarget(target)
                      .setAdditionalMs(time.toMillis())
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
