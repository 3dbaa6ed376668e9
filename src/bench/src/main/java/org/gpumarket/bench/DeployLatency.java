package org.gpumarket.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.deployment.DeploymentFile;
import org.gpumarket.node.runtime.PodmanEngine;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.SearchOffersRequest;

/**
 * From "deploy" to the first line of the log on loopback with the image present, against the same
 * container started directly through the engine; the two in turn.
 */
public final class DeployLatency {
  private static final int ROUNDS = 30;
  private static final int WARM_UP = 3;

  /** As the container runtime sets it, for a fair control. */
  private static final long LIMIT = 1_024;

  private static final List<String> COMMAND = List.of("sh", "-c", "echo hello; sleep 60");
  private static final String FILE =
      """
      name: bench
      workloads:
        main:
          image: %s
          command: [sh, -c, 'echo hello; sleep 60']
          accept-simulated: true
      """
          .formatted(PodmanEngine.IMAGE);

  private DeployLatency() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("gpumarket-bench");
    double[] deploy = new double[ROUNDS];
    double[] direct = new double[ROUNDS];
    double[] overhead = new double[ROUNDS];
    try (PodmanEngine engine = PodmanEngine.start(folder);
        NodeProcess _ =
            NodeProcess.node(
                folder.resolve("rig"),
                List.of(
                    "--listen",
                    "127.0.0.1:0",
                    "--region",
                    "eu",
                    "--simulate-gpus",
                    "rtx4090",
                    "--container-socket",
                    engine.socket().toString()));
        NodeProcess _ =
            NodeProcess.node(
                folder.resolve("laptop"),
                List.of(
                    "--listen", "127.0.0.1:0", "--sell", "false", "--bootstrap", address(folder)));
        LocalApi laptop = LocalApi.connect(folder.resolve("laptop"));
        DockerClient docker = docker(engine.socket())) {
      while (laptop
              .stub()
              .searchOffers(SearchOffersRequest.getDefaultInstance())
              .getConsideredCount()
          == 0) {
        Thread.onSpinWait();
      }
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        double throughMarket = deploy(laptop);
        double alone = direct(docker);
        if (round >= 0) {
          deploy[round] = throughMarket;
          direct[round] = alone;
          overhead[round] = throughMarket - alone;
        }
      }
    }
    System.out.println("deploy to first line, ms:   " + Spread.of(deploy));
    System.out.println("directly to first line, ms: " + Spread.of(direct));
    System.out.println("overhead, ms:               " + Spread.of(overhead));
    System.exit(0);
  }

  private static String address(Path folder) throws Exception {
    try (LocalApi rig = LocalApi.connect(folder.resolve("rig"))) {
      return rig.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance()).getListenAddress();
    }
  }

  private static double deploy(LocalApi laptop) throws Exception {
    DeployRequest request =
        DeploymentFile.parse("bench.yaml", FILE).toBuilder()
            .setRequestId(Base32.randomId(new SecureRandom()))
            .setWaitMs(10_000)
            .build();
    long start = System.nanoTime();
    String lease = "";
    Iterator<DeployResponse> steps = laptop.stub().deploy(request);
    while (steps.hasNext()) {
      DeployResponse step = steps.next();
      if (step.hasLease()
          && step.getLease().getStatus().getState() == LeaseState.LEASE_STATE_RUNNING) {
        lease = step.getLease().getLeaseId();
      }
    }
    laptop
        .stub()
        .followLogs(FollowLogsRequest.newBuilder().setTarget(lease).setFollow(true).build())
        .next();
    double millis = (System.nanoTime() - start) / 1e6;
    var _ = laptop.stub().closeLeases(CloseLeasesRequest.newBuilder().setTarget(lease).build());
    return millis;
  }

  private static double direct(DockerClient docker) throws Exception {
    long start = System.nanoTime();
    String id =
        docker
            .createContainerCmd(PodmanEngine.IMAGE)
            .withCmd(COMMAND)
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withCapDrop(Capability.ALL)
                    .withUlimits(
                        List.of(
                            new Ulimit("nofile", LIMIT, LIMIT), new Ulimit("nproc", LIMIT, LIMIT))))
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
    CountDownLatch first = new CountDownLatch(1);
    try (ResultCallback.Adapter<Frame> _ =
        docker
            .logContainerCmd(id)
            .withStdOut(true)
            .withFollowStream(true)
            .exec(
                new ResultCallback.Adapter<Frame>() {
                  @Override
                  public void onNext(Frame frame) {
                    first.countDown();
                  }
                })) {
      first.await();
    }
    double millis = (System.nanoTime() - start) / 1e6;
    docker.removeContainerCmd(id).withForce(true).exec();
    return millis;
  }

  private static DockerClient docker(Path socket) {
    URI host = URI.create("unix://" + socket);
    return DockerClientImpl.getInstance(
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(host.toString())
            .withDockerTlsVerify(false)
            .build(),
        new ZerodepDockerHttpClient.Builder().dockerHost(host).build());
  }
}
