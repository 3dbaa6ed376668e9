package org.gpumarket.node.settings;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a node lives.
 *
 * @param configFile the one file of settings, which need not exist
 * @param dataFolder key, ledger, socket and workloads
 */
public record Home(Path configFile, Path dataFolder) {
  /**
   * Finds it: a folder for everything when one is named by flag or GPUMARKET_HOME, else the XDG
   * base directories.
   */
  public static Home find(Optional<Path> flag, Map<String, String> environment) {
    String set = environment.getOrDefault("GPUMARKET_HOME", "");
    Optional<Path> folder =
        flag.or(() -> set.isBlank() ? Optional.empty() : Optional.of(Path.of(set)));
    if (folder.isPresent()) {
      Path home = folder.get().toAbsolutePath().normalize();
      return new Home(home.resolve("config.yaml"), home);
    }
    Path user = Path.of(System.getProperty("user.home"));
    return new Home(
        base(environment, "XDG_CONFIG_HOME", user.resolve(".config"))
            .resolve("gpumarket/config.yaml"),
        base(environment, "XDG_DATA_HOME", user.resolve(".local/share")).resolve("gpumarket"));
  }

  public Path keyFile() {
    return dataFolder.resolve("node.key");
  }

  public Path ledgerFolder() {
    return dataFolder.resolve("ledger");
  }

  public Path workloadFolder() {
    return dataFolder.resolve("workloads");
  }

  /** Where a node in the background writes its log. */
  public Path logFile() {
    return dataFolder.resolve("node.log");
  }

  private static Path base(Map<String, String> environment, String variable, Path otherwise) {
    String set = environment.getOrDefault(variable, "");
    return set.startsWith("/") ? Path.of(set) : otherwise;
  }
}
