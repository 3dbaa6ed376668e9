package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.node.daemon.Daemon;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.GetNodeStatusRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    description = "Run this machine's node until it is told to stop.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  gpumarket up",
      "  gpumarket up --region eu-de --prices rtx4090=0.30,HIGH_2=0.90",
      "  gpumarket up --bootstrap friend.example.org:7733",
      "  gpumarket up --simulate-gpus 2xrtx4090 --background"
    })
final class UpCommand extends NodeCommand implements SettingFlags.Taker {
  private final SettingFlags flags = new SettingFlags();

  @Option(names = "--background", description = "return once it answers, and leave it running")
  private boolean background;

  @Override
  public SettingFlags settingFlags() {
    return flags;
  }

  @Override
  public Integer call() throws Exception {
    var settings = settings(flags.values());
    if (!background) {
      return Daemon.run(settings, Passphrase.given());
    }
    Daemon.refuseSecond(home());
    List<String> arguments = new ArrayList<>();
    flags
        .values()
        .forEach(
            (setting, value) -> {
              arguments.add("--" + setting.key());
              arguments.add(value);
            });
    try (LocalApi api = BackgroundNode.start(home(), arguments)) {
      var status = api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance());
      System.out.println(
          "Node " + status.getNodeId() + " runs and listens on " + status.getListenAddress());
      System.out.println("Log:  " + home().logFile());
      System.out.println("Stop: gpumarket down");
    }
    return 0;
  }
}
