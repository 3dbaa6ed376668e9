package org.gpumarket.node.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.gpumarket.node.daemon.Daemon;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Settings;

/**
 * The run from which the launcher's ahead-of-time cache is made (JEP 514): a node comes up, a few
 * commands ask it, and it ends. Whatever happens here costs nothing but a slower start.
 */
public final class Training {
  private Training() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("gpumarket-training");
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    Home home = Home.find(Optional.of(folder), java.util.Map.of());
    Files.writeString(
        home.configFile(),
        "listen: 127.0.0.1:0\nregion: eu\nsimulate-gpus: rtx4090\nallow-process-runtime: true\n");
    Thread node =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    var _ =
                        Daemon.run(
                            Settings.load(home, java.util.Map.of(), java.util.Map.of()),
                            Optional.empty());
                  } catch (Exception e) {
                    System.err.println(e.getMessage());
                  }
                });
    for (int i = 0; i < 200 && !LocalApi.isRunning(folder); i++) {
      Thread.sleep(50);
    }
    for (List<String> command :
        List.of(
            List.of("--version"),
            List.of("status"),
            List.of("offers", "--simulated"),
            List.of("ps"),
            List.of("earnings"),
            List.of("ledger", "verify"),
            List.of("down"))) {
      String[] arguments =
          command.contains("--version")
              ? command.toArray(String[]::new)
              : java.util.stream.Stream.concat(
                      command.stream(), java.util.stream.Stream.of("--home", folder.toString()))
                  .toArray(String[]::new);
      var _ = Gpumarket.commandLine().execute(arguments);
    }
    node.join(TimeUnit.SECONDS.toMillis(15));
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
    System.exit(0);
  }
}
