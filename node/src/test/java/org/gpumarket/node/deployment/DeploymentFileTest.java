package org.gpumarket.node.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeploymentWorkload;
import org.junit.jupiter.api.Test;

class DeploymentFileTest {
  private static final String WHOLE =
      """
      name: train
      workloads:
        main:
          image: docker.io/library/busybox:1.36
          command: [sh, -c, "echo hello"]
          env: {A: b}
          ports: [8080]
          replicas: 2
          gpus: 2
          models: [rtx4090, h100]
          min-tier: medium-1
          min-vram: 24GiB
          regions: [eu, na-us]
          exclude-regions: eu-de
          max-price: 0.30 EUR
          cpus: 1.5
          memory: 16GiB
          disk: 40GiB
          duration: 2h
          policy: balanced
          accept-simulated: true
      """;

  @Test
  void everyKeyArrivesInTheOrder() throws Exception {
    DeployRequest request = DeploymentFile.parse("f", WHOLE);
    DeploymentWorkload first = request.getWorkloads(0);

    assertThat(request.getDeployment()).isEqualTo("train");
    assertThat(request.getWorkloadsList())
        .extracting(DeploymentWorkload::getName)
        .containsExactly("main-1", "main-2");
    assertThat(first.getSpec().getCommandList()).containsExactly("sh", "-c", "echo hello");
    assertThat(first.getSpec().getEnvironmentMap()).containsEntry("A", "b");
    assertThat(first.getRequirements().getGpuCount()).isEqualTo(2);
    assertThat(first.getRequirements().getMinVramMib()).isEqualTo(24_576);
    assertThat(first.getRequirements().getMaxPrice().getMicrosPerGpuHour()).isEqualTo(300_000);
    assertThat(first.getRequirements().getMaxPrice().getCurrencyCode()).isEqualTo("EUR");
    assertThat(first.getRequirements().getResources().getCpuMillis()).isEqualTo(1_500);
    assertThat(first.getRequirements().getDurationMs()).isEqualTo(7_200_000);
    assertThat(first.getRequirements().getExcludedRegionsList()).containsExactly("eu-de");
  }

  @Test
  void theExamplesAreDeployments() throws Exception {
    Path examples = Path.of(System.getProperty("gpumarket.root"), "src", "dist", "examples");
    for (String name : new String[] {"hello.yaml", "container.yaml"}) {
      DeployRequest request = DeploymentFile.read(examples.resolve(name));
      request.getWorkloadsList().forEach(workload -> WorkloadSpecs.check(workload.getSpec()));
      assertThat(request.getWorkloadsCount()).isEqualTo(1);
    }
  }

  @Test
  void whatIsWrongIsSaidWithItsLine() {
    refused("", "f: the file is empty");
    refused("- a\n", "f:1: keys with values are wanted here");
    refused("name: x\n", "f:1: 'workloads' is missing");
    refused(
        WHOLE.replace("gpus: 2", "gpu: 2"),
        "f:9: there is no key 'gpu' here; the nearest is 'gpus'");
    refused(WHOLE.replace("gpus: 2", "gpus: 0"), "f:9: 'gpus'");
    refused(WHOLE.replace("gpus: 2", "gpus: [1]"), "f:9: a single value is wanted here");
    refused(WHOLE.replace("24GiB", "24 gigs"), "f:12: 'min-vram'");
    refused(WHOLE.replace("0.30 EUR", "cheap"), "f:15: 'max-price'");
    refused(
        WHOLE.replace("0.30 EUR", "0.50"),
        "f:15: 'max-price': a price is an amount and a currency such as 0.30 USD, not '0.50'");
    refused(WHOLE.replace("medium-1", "great"), "f:11: 'min-tier'");
    refused(WHOLE.replace("[eu, na-us]", "[Europe]"), "f:13: 'regions'");
    refused(WHOLE.replace("policy: balanced", "policy: best"), "f:20: 'policy'");
    refused(WHOLE.replace("true", "maybe"), "f:21: 'accept-simulated'");
    refused(WHOLE.replace("replicas: 2", "replicas: 65"), "f:8: 'replicas'");
    refused(WHOLE.replace("name: train", "name: TRAIN"), "f:1: 'name'");
    refused(WHOLE.replace("[8080]", "[99999]"), "f:7: 'ports'");
    refused(WHOLE.replace("2h", "0s"), "f:19: 'duration'");
    refused(WHOLE.replace("2h", "31d"), "f:19: 'duration'");
    refused(WHOLE + "  main-1:\n    image: a\n", "f:22: two workloads would be called 'main-1'");
    refused("name: x\nworkloads:\n  a: &a {image: b}\n  c: *a\n", "f:");
    refused("a: ".repeat(3_000), "f:1: ");
    refused("[".repeat(5_000), "f:1: ");
  }

  @Test
  void whatNoProviderCouldHaveOrTakeIsSaidWithItsLine() {
    refused(
        WHOLE.replace("[rtx4090, h100]", "[rtx4090, '']"), "f:10: 'models': a model is a short");
    refused(WHOLE.replace("[rtx4090, h100]", "[RTX 4090]"), "f:10: 'models': a model is a short");
    refused(WHOLE + "    providers: [nonsense]\n", "f:22: 'providers': a node id is the letter n");
    refused(
        WHOLE + "    exclude-providers:\n    - n" + "a".repeat(51) + "\n",
        "f:23: 'exclude-providers': a node id is");
    refused(
        WHOLE.replace("[eu, na-us]", "[" + "eu, ".repeat(64) + "na]"),
        "f:13: 'regions': a list has at most 64 entries");
    refused(WHOLE.replace("16GiB", "999999999TiB"), "f:17: 'memory': a workload has at most 16TiB");
    refused(WHOLE.replace("40GiB", "17TiB"), "f:18: 'disk': a workload has at most 16TiB");
    refused(WHOLE.replace("24GiB", "17TiB"), "f:12: 'min-vram': a GPU has at most 16TiB");
    refused(WHOLE.replace("1.5", "1025"), "f:16: 'cpus': a workload has at most 1024 processors");
    refused(WHOLE.replace("{A: b}", "{A=B: c}"), "f:6: 'env': an environment variable's name");
    refused(WHOLE.replace("{A: b}", "{1A: c}"), "f:6: 'env': an environment variable's name");
    refused(WHOLE.replace("[sh, -c, \"echo hello\"]", "''"), "f:5: 'command': a command begins");
    refused(WHOLE.replace("1.36", "1.36:x"), "f:4: 'image': this is not the name of an image");
    refused(
        WHOLE.replace("[8080]", "[" + "80, ".repeat(17) + "80]"), "f:7: 'ports': a workload has");
    refused(
        "workloads:\n  a:\n    runtime: process\n", "f:3: 'command': a process needs a command");
  }

  @Test
  void aReplicasNameKeepsToTheLengthOfNames() throws Exception {
    String longest = "a".repeat(40);
    String nine = WHOLE.replace("main:", longest.substring(2) + ":").replace("s: 2", "s: 9");

    assertThat(DeploymentFile.parse("f", nine).getWorkloads(8).getName()).hasSize(40);
    refused(nine.replace("replicas: 9", "replicas: 10"), "f:3: with its number a replica would");
    refused(WHOLE.replace("main:", longest + ":"), "f:3: with its number a replica would");
    refused(WHOLE.replace("main:", longest + "a:"), "f:3: a name is of letters");
  }

  @Property(tries = 500)
  void anyTextIsADeploymentOrRefusedInOneLine(@ForAll String text) {
    readOrRefused(text);
  }

  @Property(tries = 500)
  void anyMutationIsADeploymentOrRefusedInOneLine(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(WHOLE);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, "{}[]:&*!|>'\"%@`#,?-\n\t\0é".charAt(random.nextInt(22)));
        default -> text.setCharAt(at, (char) random.nextInt(128));
      }
    }
    readOrRefused(text.toString());
  }

  @Test
  void aFileThatIsNotTextIsRefused() throws Exception {
    Path file = Files.createTempFile("deployment", ".yaml");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThatThrownBy(() -> DeploymentFile.read(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("not text in UTF-8");
    Files.delete(file);
  }

  private static void readOrRefused(String text) {
    try {
      assertThat(DeploymentFile.parse("f", text).getWorkloadsCount()).isPositive();
    } catch (SettingsException e) {
      assertThat(e.getMessage()).startsWith("f:");
      assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
    }
  }

  private static void refused(String text, String why) {
    assertThatThrownBy(() -> DeploymentFile.parse("f", text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(why);
  }
}
