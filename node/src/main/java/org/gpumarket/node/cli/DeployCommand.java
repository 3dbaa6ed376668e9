package org.gpumarket.node.cli;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;
import org.gpumarket.node.deployment.DeploymentFile;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListLeasesRequest;
import org.gpumarket.v1.MeetPeersRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "deploy",
    description = {
      "Find providers for what a file describes, agree leases, and start it.",
      "Where no node runs, one is started in the background; it ends by itself 15 minutes after"
          + " its last lease."
    },
    footer = {
      "",
      "Examples:",
      "  gpumarket deploy train.yaml",
      "  gpumarket deploy train.yaml --bootstrap friend.example.org:7733"
    })
final class DeployCommand extends PrintingCommand {
  private static final String IDLE_EXIT = "15m";

  @Parameters(paramLabel = "FILE", description = "the deployment")
  private @Nullable Path file;

  @Option(
      names = "--bootstrap",
      paramLabel = "ADDRESS",
      description = "nodes to meet first; a node that runs already meets them as well")
  private @Nullable String bootstrap;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = FlagValues.Wait.class,
      description = "how long to wait for offers that fit, at most 1d (10s)")
  private Duration wait = Duration.ZERO;

  @Override
  public Integer call() throws Exception {
    DeployRequest request =
        DeploymentFile.read(java.util.Objects.requireNonNull(file)).toBuilder()
            .setRequestId(Base32.randomId(new SecureRandom()))
            .setWaitMs(wait.toMillis())
            .build();
    ModelNotes.print(
        request.getWorkloadsList().stream()
            .flatMap(workload -> workload.getRequirements().getModelsList().stream())
            .toList());
    var settings = settings(bootstrap == null ? Map.of() : Map.of(Setting.BOOTSTRAP, bootstrap));
    try (LocalApi api = connectOrStart(settings)) {
      String again =
          DeployNotes.again(
              request,
              api.stub().listLeases(ListLeasesRequest.getDefaultInstance()).getLeasesList());
      if (!again.isEmpty()) {
        System.err.println(again);
      }
      return follow(api.stub().deploy(request), request);
    }
  }

  private LocalApi connectOrStart(Settings settings) throws Exception {
    try {
      LocalApi api = LocalApi.connect(home().dataFolder());
      if (bootstrap != null) {
        meet(api, settings.list(Setting.BOOTSTRAP));
      }
      return api;
    } catch (NodeNotRunningException _) {
      List<String> flags = new ArrayList<>(List.of("--idle-exit", IDLE_EXIT));
      if (bootstrap != null) {
        flags.addAll(List.of("--bootstrap", bootstrap));
      }
      if (settings.text(Setting.LISTEN).equals(Setting.LISTEN.standard())) {
        flags.addAll(List.of("--listen", "127.0.0.1:0"));
      }
      flags.addAll(List.of("--sell", "false"));
      System.err.println(
          "No node runs here: starting one in the background. It ends by itself "
              + IDLE_EXIT
              + " after its last lease.");
      return BackgroundNode.start(home(), flags);
    }
  }

  private static void meet(LocalApi api, List<String> peers) {
    var _ = api.stub().meetPeers(MeetPeersRequest.newBuilder().addAllAddresses(peers).build());
    System.err.println(
        "A node runs here already: it meets " + String.join(", ", peers) + " too, until it ends.");
  }

  private int follow(Iterator<DeployResponse> steps, DeployRequest request)
      throws InvalidSignatureException {
    Set<String> running = new TreeSet<>();
    Set<String> open = new TreeSet<>();
    DeployLines lines = new DeployLines(System.out, !json() && Terminal.isThere());
    lines.begin();
    while (steps.hasNext()) {
      DeployResponse step = steps.next();
      if (json()) {
        System.out.println(Json.of(step));
      } else {
        lines.show(step);
      }
      if (step.hasLease()) {
        if (succeeded(step.getLease())) {
          running.add(step.getWorkload());
        }
        if (costsOn(step.getLease())) {
          open.add(step.getWorkload());
        } else {
          open.remove(step.getWorkload());
        }
      }
    }
    boolean all = running.size() == request.getWorkloadsCount();
    if (!json() && all) {
      System.out.println(
          "Next: gpumarket ps, gpumarket logs -f "
              + request.getDeployment()
              + ", gpumarket stop "
              + request.getDeployment());
    } else if (!open.isEmpty()) {
      System.err.println(DeployNotes.partly(request, open.size()));
    }
    return all ? 0 : 1;
  }

  private static boolean costsOn(LeaseView lease) {
    return lease.getStatus().getState().getNumber() < LeaseState.LEASE_STATE_CLOSING.getNumber();
  }

  private static boolean succeeded(LeaseView lease) {
    LeaseState state = lease.getStatus().getState();
    return state == LeaseState.LEASE_STATE_RUNNING
        || lease.getStatus().getCloseReason() == CloseReason.CLOSE_REASON_COMPLETED;
  }
}
