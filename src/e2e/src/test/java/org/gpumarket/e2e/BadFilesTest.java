package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployment files that are none: refused before any node is started. */
class BadFilesTest {
  @TempDir Path folder;

  @Test
  void eachIsRefusedWithFileAndLineAndStatusTwo() throws Exception {
    refused("name: x\nworkloads: [", ":2: this is not YAML");
    refused("", ": the file is empty");
    refused("#".repeat(10 << 20), ": longer than 256 KiB");
    refused(
        "name: x\nworkloads:\n  main:\n    imagge: busybox\n",
        ":4: there is no key 'imagge' here; the nearest is 'image'");
    refused("name: x\nworkloads:\n  main:\n    image: b\n    gpus: many\n", ":5: 'gpus'");
    refused("name: x\nname: y\n", ":2: this key stands here for the second time");
  }

  private void refused(String text, String why) throws Exception {
    try (Program laptop = new Program(folder.resolve("laptop"))) {
      Path file = laptop.file("d.yaml", text);

      Program.Result result = laptop.run("deploy", file.toString());

      assertThat(result.status()).as(result.err()).isEqualTo(2);
      assertThat(result.err()).contains(file.toString(), why);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(laptop.home().resolve("node.key")).doesNotExist();
    }
  }
}
