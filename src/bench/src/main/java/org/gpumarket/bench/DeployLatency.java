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
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
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
 * From "deploy" to the first line of the log on loopback, against the same command started without
 * a market, the two in turn: as a container whose image is present, against the engine alone, and
 * as a plain process.
 */
public final class DeployLatency {
  private static final int ROUNDS = 30;
  private static final int WARM_UP = 3;

  /** As the container runtime sets them, for a fair control. */
  private static final long OPEN_FILES = 1_024;

  private static final long PROCESSES = 4_096;

  private static final List<String> COMMAND = List.of("sh", "-c", "echo hello; sleep 60");
  private static final String FILE =
      """
      name: bench
      workloads:
        main:
          %s
          command: [sh, -c, 'echo hello; sleep 60']
          accept-simulated: true
      """;

  private DeployLatency() {}

  /** Starts the command without a market; answers the milliseconds until its first line. */
  private interface Control {
    double start() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("gpumarket-bench");
    if (PodmanEngine.isAvailable()) {
      try (PodmanEngine engine = PodmanEngine.start(folder);
          DockerClient docker = docker(engine.socket())) {
        System.out.println("as a container");
        measure(
            folder.resolve("container"),
            List.of("--container-socket", engine.socket().toString()),
            FILE.formatted("image: " + PodmanEngine.IMAGE),
            () -> direct(docker));
      }
    } else {
      System.out.println(
          "as a container: not measured, which takes Podman, a static busybox and root");
    }
    System.out.println("as a plain process");
    measure(
        folder.resolve("process"),
        List.of(
            "--allow-process-runtime",
            "true",
            "--container-socket",
            folder.resolve("none.sock").toString()),
        FILE.formatted("runtime: process"),
        DeployLatency::directProcess);
    System.exit(0);
  }

  private static void measure(Path folder, List<String> runtime, String file, Control control)
      throws Exception {
    double[] deploy = new double[ROUNDS];
    double[] direct = new double[ROUNDS];
    double[] overhead = new double[ROUNDS];
    List<String> rigFlags =
        new ArrayList<>(
            List.of("--listen", "127.0.0.1:0", "--region", "eu", "--simulate-gpus", "rtx4090"));
    rigFlags.addAll(runtime);
    try (NodeProcess _ = NodeProcess.node(folder.resolve("rig"), rigFlags);
        NodeProcess _ =
            NodeProcess.node(
                folder.resolve("laptop"),
                List.of(
                    "--listen", "127.0.0.1:0", "--sell", "false", "--bootstrap", address(folder)));
        LocalApi laptop = LocalApi.connect(folder.resolve("laptop"))) {
      awaitOffer(laptop);
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        double throughMarket = deploy(laptop, file);
        double alone = control.start();
        if (round >= 0) {
          deploy[round] = throughMarket;
          direct[round] = alone;
          overhead[round] = throughMarket - alone;
        }
      }
    }
    System.out.println("  deploy to first line, ms:   " + Spread.of(deploy));
    System.out.println("  directly to first line, ms: " + Spread.of(direct));
    System.out.println("  overhead, ms:               " + Spread.of(overhead));
  }

  private static void awaitOffer(LocalApi laptop) {
    while (laptop.stub().searchOffers(SearchOffersRequest.getDefaultInstance()).getConsideredCount()
        == 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static String address(Path folder) throws Exception {
    try (LocalApi rig = LocalApi.connect(folder.resolve("rig"))) {
      return rig.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance()).getListenAddress();
    }
  }

  private static double deploy(LocalApi laptop, String file) throws Exception {
    DeployRequest request =
        DeploymentFile.parse("bench.yaml", file).toBuilder()
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
                            new Ulimit("nofile", OPEN_FILES, OPEN_FILES),
                            new Ulimit("nproc", PROCESSES, PROCESSES))))
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

  private static double directProcess() throws Exception {
    long start = System.nanoTime();
    Process process = new ProcessBuilder(COMMAND).start();
    try (BufferedReader out = process.inputReader()) {
      if (out.readLine() == null) {
        throw new IOException("the command says nothing");
      }
      return (System.nanoTime() - start) / 1e6;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
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
