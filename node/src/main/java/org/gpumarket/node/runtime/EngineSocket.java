package org.gpumarket.node.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the socket on which Docker or Podman answers Docker's API. */
public final class EngineSocket {
  private EngineSocket() {}

  /**
   * The first that exists of: what the owner has set, DOCKER_HOST, and the usual places.
   *
   * @param set a path, from the settings
   */
  public static Optional<Path> find(Optional<Path> set, Map<String, String> environment) {
    if (set.isPresent()) {
      return set;
    }
    String host = environment.getOrDefault("DOCKER_HOST", "");
    String runtimeFolder = environment.getOrDefault("XDG_RUNTIME_DIR", "/nonexistent");
    return Stream.concat(
            host.startsWith("unix://")
                ? Stream.of(Path.of(host.substring("unix://".length())))
                : Stream.empty(),
            List.of(
                Path.of("/var/run/docker.sock"),
                Path.of(runtimeFolder, "podman", "podman.sock"),
                Path.of("/run/podman/podman.sock"))
                .stream())
        .filter(Files::exists)
        .findFirst();
  }
}
