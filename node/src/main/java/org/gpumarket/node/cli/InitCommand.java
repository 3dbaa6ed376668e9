package org.gpumarket.node.cli;

import java.io.IOException;
import java.nio.file.Files;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.identity.KeyFile;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Setting;
import picocli.CommandLine.Command;

@Command(
    name = "init",
    description = "Make this machine's node: its key, and a file of settings to look at.",
    footer = {"", "Example:", "  gpumarket init && gpumarket up"})
final class InitCommand extends NodeCommand {
  @Override
  public Integer call() throws IOException {
    Home home = home();
    boolean known = Files.exists(home.keyFile());
    SigningKey key = KeyFile.loadOrCreate(home.keyFile(), Passphrase.given());
    if (!Files.exists(home.configFile())) {
      Files.createDirectories(home.configFile().getParent());
      Files.writeString(home.configFile(), template());
    }
    System.out.println((known ? "This is already node " : "This is now node ") + key.nodeId());
    System.out.println("Key:      " + home.keyFile());
    System.out.println("Settings: " + home.configFile());
    System.out.println("Next:     gpumarket up");
    return 0;
  }

  private static String template() {
    StringBuilder text =
        new StringBuilder("# Settings of this gpumarket node. None has to be set.\n");
    for (Setting setting : Setting.values()) {
      text.append("\n# ").append(setting.description()).append('\n');
      text.append("# ").append(setting.key()).append(": ").append(setting.standard()).append('\n');
    }
    return text.toString();
  }
}
