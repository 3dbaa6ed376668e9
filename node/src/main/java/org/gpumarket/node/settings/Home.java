package org.gpumarket.node.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.gpumarket.ledger.OwnerOnly;

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

  /**
   * Makes the data folder its owner's alone, and the ledger and workloads in it: rows of the ledger
   * hold what consumers put into the environments of their workloads.
   *
   * @return those that were open to others until now
   */
  public List<Path> makePrivate() throws IOException {
    OwnerOnly.createFolder(dataFolder);
    List<Path> opened = new ArrayList<>();
    for (Path folder : List.of(dataFolder, ledgerFolder(), workloadFolder())) {
      if (OwnerOnly.tighten(folder)) {
        opened.add(folder);
      }
    }
    return opened;
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
