package org.gpumarket.node.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.Tier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RigTest {
  private static final NodeId NODE = SigningKey.generate(new SecureRandom()).nodeId();

  @TempDir Path folder;

  @Test
  void cardsAreKnownByTheNamesTheirDriversGiveThem() {
    assertThat(model("NVIDIA GeForce RTX 4090", 24_564)).isEqualTo("rtx4090");
    assertThat(model("NVIDIA GeForce RTX 3080 Ti", 12_288)).isEqualTo("rtx3080ti");
    assertThat(model("NVIDIA A100-SXM4-80GB", 81_920)).isEqualTo("a100-80g");
    assertThat(model("Tesla T4", 15_360)).isEqualTo("t4");
    assertThat(model("NVIDIA H100 80GB HBM3", 81_559)).isEqualTo("h100");
    assertThat(model("NVIDIA H200", 143_771)).isEqualTo("h200");
    assertThat(model("NVIDIA RTX 6000 Ada Generation", 49_140)).isEqualTo("rtx6000-ada");
  }

  @Test
  void aCardInNoListStandsOnTheFloorUnderItsOwnName() {
    var gpu = GpuCatalog.standard().of("NVIDIA GeForce GT 710", 2_048);

    assertThat(gpu.getModel()).isEqualTo("geforce-gt-710");
    assertThat(gpu.getTier()).isEqualTo(Tier.TIER_ENTRY_1);
  }

  @Test
  void nvidiaSmisLinesBecomeCards() throws Exception {
    var gpus =
        NvidiaSmi.parse(
            "0, GPU-8a1b0c2d-1111-2222-3333-444455556666, NVIDIA GeForce RTX 4090, 24564\n");

    assertThat(gpus).hasSize(1);
    assertThat(gpus.getFirst().model().getVramMib()).isEqualTo(24_564);
    assertThat(gpus.getFirst().simulated()).isFalse();
  }

  @Test
  void aCardOfWhichTooLittleIsKnownIsLeftOutAndTheOthersGoOn() throws Exception {
    var gpus =
        NvidiaSmi.parse(
            """
            0, GPU-00000000-1111-2222-3333-444455556666, NVIDIA GB10, [N/A], [N/A]
            1, GPU-11111111-1111-2222-3333-444455556666, NVIDIA H100 80GB HBM3, 81559, Enabled
            2, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]
            3, GPU-33333333-1111-2222-3333-444455556666, NVIDIA H100 80GB HBM3, 81559, Disabled
            4, GPU-44444444-1111-2222-3333-444455556666, NVIDIA GeForce RTX 4090, 24564, [N/A]
            """);

    assertThat(gpus).extracting(Gpu::index).containsExactly(3, 4);
    assertThat(NvidiaSmi.whyNot("0", "GPU-0", "NVIDIA GB10", "[N/A]", "[N/A]"))
        .contains("nvidia-smi does not say how much memory it has: [N/A]");
    assertThat(NvidiaSmi.whyNot("1", "GPU-1", "NVIDIA H100", "81559", "Enabled").orElseThrow())
        .startsWith("it is divided into MIG instances");
  }

  @Test
  void aDriverThatKnowsNothingOfMigIsAskedWithoutIt() throws Exception {
    Path tool =
        script(
            """
            case "$1" in
              *mig*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
              *) echo '0, GPU-00000000-1111, NVIDIA GeForce RTX 4090, 24564';;
            esac""");

    assertThat(tool(tool).gpus()).hasSize(1);
  }

  @Test
  void whatIsNoLineOfNvidiaSmiIsRefusedInASentence() {
    for (String line :
        new String[] {
          "No devices were found", "0, x, y, z", "0, GPU-12345678, A\u0007, 1", "a,b"
        }) {
      assertThatThrownBy(() -> NvidiaSmi.parse(line))
          .isInstanceOf(RigException.class)
          .hasMessageContaining("nvidia-smi");
    }
  }

  @Test
  void withoutTheToolThereAreNoCardsAndAFailingToolIsAnError() throws Exception {
    assertThat(tool(folder.resolve("none")).gpus()).isEmpty();
    Path tool = script("echo NVIDIA-SMI has failed; exit 9");

    assertThatThrownBy(() -> tool(tool).gpus())
        .isInstanceOf(RigException.class)
        .hasMessageContaining("NVIDIA-SMI has failed");
  }

  @Test
  void aToolWithoutCardsIsNoError() throws Exception {
    assertThat(tool(script("echo No devices were found; exit 6")).gpus()).isEmpty();
  }

  @Test
  void aToolWhoseDriverHangsDoesNotHangTheNode() throws Exception {
    Path tool = script("sleep 20 & wait");

    assertThatThrownBy(() -> new NvidiaSmi(tool.toString(), Duration.ofMillis(200)).gpus())
        .isInstanceOf(RigException.class)
        .hasMessageContaining("does not answer");
  }

  @Test
  void simulatedCardsAreCountedAndMarked() {
    var gpus = SimulatedGpus.parse("2xrtx4090,a100-80g", NODE).gpus();

    assertThat(gpus).hasSize(3).allMatch(Gpu::simulated);
    assertThat(gpus).extracting(Gpu::uuid).allMatch(uuid -> uuid.startsWith("SIM-"));
    assertThatThrownBy(() -> SimulatedGpus.parse("2xrtx9999", NODE))
        .hasMessageContaining("rtx9999")
        .hasMessageContaining("rtx4090");
  }

  private Path script(String body) throws Exception {
    Path tool = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
  }

  private static NvidiaSmi tool(Path program) {
    return new NvidiaSmi(program.toString(), Duration.ofSeconds(20));
  }

  private static String model(String name, long vramMib) {
    return GpuCatalog.standard().of(name, vramMib).getModel();
  }
}
