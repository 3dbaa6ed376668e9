package org.gpumarket.node.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.gpumarket.node.deployment.DeploymentFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Run a whole market on this machine, from offers to a payout.",
      "Two providers and a consumer run as separate processes, until two ledgers verify and agree."
          + " Takes under a minute and leaves nothing behind."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  gpumarket demo"})
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "what the consumer deploys (the example hello.yaml)")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    Path deployment = file == null ? example() : file;
    var _ = DeploymentFile.read(deployment);
    Path folder = Files.createTempDirectory("gpumarket-demo");
    DemoMarket market = new DemoMarket(folder);
    Thread cleanUp = Thread.ofPlatform().unstarted(market::close);
    Runtime.getRuntime().addShutdownHook(cleanUp);
    boolean agreed = false;
    try {
      agreed = new DemoStory(market, deployment).tell();
    } finally {
      market.close();
      Runtime.getRuntime().removeShutdownHook(cleanUp);
    }
    System.out.println();
    System.out.println(
        agreed
            ? "Both ledgers verified and agree to the micro-unit. Nothing is left running."
            : "The demo did NOT come to its end: the ledgers do not verify or do not agree.");
    return agreed ? 0 : 1;
  }

  /** The launcher says where the examples lie. */
  private static Path example() throws Failure, IOException {
    String examples = System.getProperty("gpumarket.examples", "");
    Path file = Path.of(examples.isEmpty() ? "src/dist/examples" : examples, "hello.yaml");
    if (!Files.exists(file)) {
      throw new Failure("the example " + file + " is missing; name a deployment with --file");
    }
    return file.toRealPath();
  }
}
