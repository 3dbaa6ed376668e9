package org.gpumarket.node.deployment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.node.settings.YamlFile;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeploymentWorkload;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads a deployment: a name and workloads, see src/docs/deployment.md. */
public final class DeploymentFile {
  private static final Set<String> KEYS = Set.of("name", "workloads");
  private static final int MAX_WORKLOADS = 64;

  private DeploymentFile() {}

  /**
   * Reads a file.
   *
   * @return the request without its request id and waiting time
   * @throws SettingsException with one sentence, "FILE:LINE: …", about the first thing wrong
   */
  public static DeployRequest read(Path file) throws SettingsException {
    return of(
        new YamlFields(
            file.toString(),
            YamlFile.read(file)
                .orElseThrow(() -> new SettingsException(file + ": the file is empty"))));
  }

  /** As {@link #read}, from text; {@code name} stands in messages. */
  public static DeployRequest parse(String name, String text) throws SettingsException {
    return of(
        new YamlFields(
            name,
            YamlFile.parse(name, text)
                .orElseThrow(() -> new SettingsException(name + ": the file is empty"))));
  }

  private static DeployRequest of(YamlFields fields) throws SettingsException {
    fields.allowOnly(KEYS);
    String name = fields.text("name", "deployment");
    fields.require("name", YamlFields.isName(name), YamlFields.NAME_RULE);
    MappingNode workloads = fields.mapping("workloads");
    DeployRequest.Builder request = DeployRequest.newBuilder().setDeployment(name);
    Set<String> names = new HashSet<>();
    for (YamlFields.Named workload : new YamlFields(fields.file(), workloads).children()) {
      for (DeploymentWorkload one : replicas(name, workload)) {
        if (!names.add(one.getName())) {
          throw fields.complaint(
              workload.key(),
              "two workloads would be called '" + one.getName() + "', counting replicas");
        }
        request.addWorkloads(one);
      }
    }
    fields.require(
        "workloads",
        request.getWorkloadsCount() >= 1 && request.getWorkloadsCount() <= MAX_WORKLOADS,
        "a deployment has 1 to " + MAX_WORKLOADS + " workloads, replicas counted");
    return request.build();
  }

  private static List<DeploymentWorkload> replicas(String deployment, YamlFields.Named named)
      throws SettingsException {
    long replicas = named.fields().number("replicas", 1, 1, MAX_WORKLOADS);
    List<DeploymentWorkload> workloads = new ArrayList<>();
    for (int i = 1; i <= replicas; i++) {
      String name = replicas == 1 ? named.name() : named.name() + "-" + i;
      if (name.length() > YamlFields.MAX_NAME_CHARS) {
        throw named
            .fields()
            .complaint(
                named.key(),
                "with its number a replica would be called '"
                    + name
                    + "', and a name has at most "
                    + YamlFields.MAX_NAME_CHARS
                    + " characters");
      }
      workloads.add(WorkloadFields.read(deployment, name, named.fields()));
    }
    return workloads;
  }
}
