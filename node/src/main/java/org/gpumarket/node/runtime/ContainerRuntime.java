package org.gpumarket.node.runtime;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Ulimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.WorkloadSpec;

/**
 * Runs workloads as containers through Docker's API, which Podman answers too.
 *
 * <p>A container gets no capabilities, no new privileges, no mounts of the host, and limits on
 * processors, memory and processes. Labels say whose it is, so that a restarted node finds it. Its
 * name follows from the lease, so that the engine itself refuses a second one.
 */
public final class ContainerRuntime implements WorkloadRuntime {
  static final String NODE_LABEL = "org.gpumarket.node";
  static final String LEASE_LABEL = "org.gpumarket.lease";
  static final String GPUS_LABEL = "org.gpumarket.gpus";

  /** Processes and threads in one container: enough for any training run, no fork bomb. */
  private static final long MAX_PROCESSES = 4_096;

  /** What an engine without privileges can still set. */
  private static final long OPEN_FILES = 1_024;

  /** What is kept of a container's output; the engine drops the older half of it at a time. */
  private static final String LOG_FILE_BYTES = "8m";

  private static final String LOG_FILES = "2";

  private static final Duration PING = Duration.ofSeconds(5);

  /** What an engine under load takes for what is no work. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  /** To lay out an image's files and begin. */
  private static final Duration START = Duration.ofSeconds(60);

  private static final long PULL_MINUTES = 60;

  private final ContainerEngine engine;

  /** By the id of the container, until it has ended. */
  private final ConcurrentMap<String, ContainerWorkload> awaited = new ConcurrentHashMap<>();

  private final Duration ping;
  private final NodeId node;
  private final GpuFence fence;
  private final Resources sold;

  /**
   * A runtime on the engine that answers at a socket; whether it does is asked when it is used.
   *
   * @param sold all that the owner sells: the most for a workload that asks for no memory or no
   *     processors; 0 stands for no limit
   */
  public ContainerRuntime(Path socket, NodeId node, GpuFence fence, Resources sold) {
    this(socket, node, fence, sold, PING);
  }

  ContainerRuntime(Path socket, NodeId node, GpuFence fence, Resources sold, Duration ping) {
    this.engine = new ContainerEngine(socket);
    this.node = node;
    this.fence = fence;
    this.sold = sold;
    this.ping = ping;
  }

  @Override
  public RuntimeKind kind() {
    return RuntimeKind.RUNTIME_KIND_CONTAINER;
  }

  @Override
  public Optional<String> problem() {
    try {
      var _ = engine.ask(ping, docker -> docker.pingCmd().exec());
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("the container engine does not answer: " + rootMessage(e));
    }
  }

  @Override
  public Workload start(WorkloadOrder order, Consumer<String> progress) throws WorkloadException {
    requireNewest(order);
    String name = "gpumarket-" + order.leaseId();
    try {
      Optional<InspectContainerResponse> known = inspect(name);
      if (known.isEmpty()) {
        fetch(order.spec().getImage(), progress);
        create(name, order);
        known = inspect(name);
      }
      InspectContainerResponse container =
          known.orElseThrow(() -> new WorkloadException("the container is gone at once"));
      if ("created".equals(container.getState().getStatus())
          || "configured".equals(container.getState().getStatus())) {
        requireNewest(order); // Fetching the image may have taken long.
        var _ = engine.ask(START, docker -> docker.startContainerCmd(container.getId()).exec());
      }
      return workload(container.getId(), order.leaseId(), leased(order));
    } catch (RuntimeException e) {
      throw new WorkloadException("the container cannot be started: " + rootMessage(e), e);
    }
  }

  @Override
  public List<Workload> find() throws WorkloadException {
    try {
      List<Workload> found = new ArrayList<>();
      for (Container container :
          engine.ask(
              ANSWER,
              docker ->
                  docker
                      .listContainersCmd()
                      .withShowAll(true)
                      .withLabelFilter(Map.of(NODE_LABEL, node.text()))
                      .exec())) {
        Map<String, String> labels = container.getLabels();
        found.add(
            workload(
                container.getId(),
                labels.getOrDefault(LEASE_LABEL, ""),
                parseGpus(labels.getOrDefault(GPUS_LABEL, ""))));
      }
      return found;
    } catch (RuntimeException e) {
      throw new WorkloadException("the container engine does not answer: " + rootMessage(e), e);
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  /** A container is waited for once, however often it is found. */
  private Workload workload(String id, String leaseId, List<LeasedGpu> gpus) {
    return awaited.compute(
        id,
        (_, known) ->
            known != null && !known.ended().isDone()
                ? known
                : new ContainerWorkload(engine, id, leaseId, gpus, awaited::remove));
  }

  private void requireNewest(WorkloadOrder order) throws WorkloadException {
    for (GrantedGpu granted : order.gpus()) {
      if (!fence.newest(granted.gpu().uuid(), granted.epoch())) {
        throw new WorkloadException("GPU " + granted.gpu().uuid() + " has been promised anew");
      }
    }
  }

  private void create(String name, WorkloadOrder order) {
    HostConfig host = limits(order);
    try {
      var _ = engine.ask(START, docker -> create(docker, name, order, host).exec());
    } catch (ConflictException _) {
      // A start that was repeated at the same moment has made it.
    }
  }

  private CreateContainerCmd create(
      DockerClient docker, String name, WorkloadOrder order, HostConfig host) {
    WorkloadSpec spec = order.spec();
    CreateContainerCmd create =
        docker
            .createContainerCmd(spec.getImage())
            .withName(name)
            .withHostConfig(host)
            .withEnv(environment(order))
            .withLabels(
                Map.of(
                    NODE_LABEL,
                    node.text(),
                    LEASE_LABEL,
                    order.leaseId(),
                    GPUS_LABEL,
                    formatGpus(leased(order))));
    return spec.getCommandCount() > 0 ? create.withCmd(List.copyOf(spec.getCommandList())) : create;
  }

  private HostConfig limits(WorkloadOrder order) {
    HostConfig host =
        HostConfig.newHostConfig()
            .withCapDrop(Capability.ALL)
            .withSecurityOpts(List.of("no-new-privileges"))
            .withPidsLimit(MAX_PROCESSES)
            .withLogConfig(
                new LogConfig(
                    LogConfig.LoggingType.JSON_FILE,
                    Map.of("max-size", LOG_FILE_BYTES, "max-file", LOG_FILES)))
            .withUlimits(
                List.of(
                    new Ulimit("nofile", OPEN_FILES, OPEN_FILES),
                    new Ulimit("nproc", MAX_PROCESSES, MAX_PROCESSES)));
    Resources asked = order.spec().getResources();
    long memoryMib = asked.getMemoryMib() > 0 ? asked.getMemoryMib() : sold.getMemoryMib();
    long cpuMillis = asked.getCpuMillis() > 0 ? asked.getCpuMillis() : sold.getCpuMillis();
    host.withMemory(memoryMib << 20).withNanoCPUs(cpuMillis * 1_000_000);
    List<String> devices =
        order.gpus().stream()
            .filter(g -> !g.gpu().simulated())
            .map(g -> "nvidia.com/gpu=" + g.gpu().uuid())
            .toList();
    if (!devices.isEmpty()) {
      host.withDeviceRequests(
          List.of(new DeviceRequest().withDriver("cdi").withDeviceIds(devices)));
    }
    return host;
  }

  private void fetch(String image, Consumer<String> progress) throws WorkloadException {
    try {
      var _ = engine.ask(ANSWER, docker -> docker.inspectImageCmd(image).exec());
      return;
    } catch (NotFoundException _) {
      // It has to be fetched.
    }
    try {
      PullProgress pull = new PullProgress(progress, System::nanoTime);
      engine.docker().pullImageCmd(withTag(image)).exec(pull);
      if (!pull.awaitCompletion(PULL_MINUTES, TimeUnit.MINUTES)) {
        throw new WorkloadException("the image " + image + " was not fetched within an hour");
      }
      if (pull.refusal().isPresent()) {
        throw new WorkloadException(
            "the image " + image + " cannot be fetched: " + oneLine(pull.refusal().get()));
      }
      var _ = engine.ask(ANSWER, docker -> docker.inspectImageCmd(image).exec());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new WorkloadException("interrupted while fetching " + image);
    } catch (RuntimeException e) {
      throw new WorkloadException(
          "the image " + image + " cannot be fetched: " + rootMessage(e), e);
    }
  }

  /** An engine that is told neither tag nor digest fetches every image of that name. */
  static String withTag(String image) {
    boolean named = image.indexOf('@') >= 0 || image.lastIndexOf(':') > image.lastIndexOf('/');
    return named ? image : image + ":latest";
  }

  private Optional<InspectContainerResponse> inspect(String name) {
    try {
      return Optional.of(engine.ask(ANSWER, docker -> docker.inspectContainerCmd(name).exec()));
    } catch (NotFoundException _) {
      return Optional.empty();
    }
  }

  private static List<String> environment(WorkloadOrder order) {
    Map<String, String> environment = new TreeMap<>();
    environment.put(
        "GPUMARKET_GPUS",
        String.join(",", order.gpus().stream().map(g -> g.gpu().uuid()).toList()));
    environment.putAll(order.spec().getEnvironmentMap());
    // Where NVIDIA's runtime is the engine's own, this variable of a container or of its image
    // would choose cards; "void" tells it to give none, so that the leased ones are all there are.
    environment.put("NVIDIA_VISIBLE_DEVICES", "void");
    return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static List<LeasedGpu> leased(WorkloadOrder order) {
    return order.gpus().stream()
        .map(g -> LeasedGpu.newBuilder().setUuid(g.gpu().uuid()).setEpoch(g.epoch()).build())
        .toList();
  }

  private static String formatGpus(List<LeasedGpu> gpus) {
    return String.join(" ", gpus.stream().map(g -> g.getUuid() + "@" + g.getEpoch()).toList());
  }

  private static List<LeasedGpu> parseGpus(String text) {
    List<LeasedGpu> gpus = new ArrayList<>();
    for (String part : text.split(" ", -1)) {
      int at = part.lastIndexOf('@');
      if (at > 0 && part.substring(at + 1).matches("[0-9]{1,18}")) {
        gpus.add(
            LeasedGpu.newBuilder()
                .setUuid(part.substring(0, at))
                .setEpoch(Long.parseLong(part.substring(at + 1)))
                .build());
      }
    }
    return List.copyOf(gpus);
  }

  static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return oneLine(String.valueOf(root.getMessage()));
  }

  private static String oneLine(String message) {
    String line = message.replaceAll("[\\s\\p{Cntrl}\u0080-\u009f]+", " ").strip();
    return line.length() <= 300 ? line : line.substring(0, 300) + "…";
  }
}
