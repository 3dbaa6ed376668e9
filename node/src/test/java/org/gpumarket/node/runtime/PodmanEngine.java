package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/**
 * A Podman that answers Docker's API for a test, with one image made from scratch around a static
 * busybox. Skipped where the parts are missing, unless everything is required.
 */
public final class PodmanEngine implements AutoCloseable {
  /** The image that every test may use. */
  public static final String IMAGE = "localhost/gpumarket-busybox:test";

  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Process service;
  private final Path socket;

  private PodmanEngine(Process service, Path socket) {
    this.service = service;
    this.socket = socket;
  }

  /** Whether this machine has all that is needed: Podman, a static busybox and root. */
  public static boolean isAvailable() {
    return Files.isExecutable(Path.of("/usr/bin/podman"))
        && Files.isExecutable(BUSYBOX)
        && "root".equals(System.getProperty("user.name"));
  }

  /** Starts one with its socket in a folder. */
  public static PodmanEngine start(Path folder) throws Exception {
    if (!isAvailable() && System.getenv("GPUMARKET_REQUIRE_ALL_TESTS") == null) {
      Assumptions.abort("needs podman, busybox-static and root");
    }
    buildImage();
    Path socket = folder.resolve("podman.sock");
    Process service =
        new ProcessBuilder(
                "podman",
                "--runtime",
                "runc",
                "system",
                "service",
                "--time",
                "0",
                "unix://" + socket)
            .redirectOutput(folder.resolve("podman.log").toFile())
            .redirectErrorStream(true)
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(socket)) {
      if (!service.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("podman: " + Files.readString(folder.resolve("podman.log")));
      }
      LockSupport.parkNanos(10_000_000);
    }
    return new PodmanEngine(service, socket);
  }

  public Path socket() {
    return socket;
  }

  /** Makes the engine hang: it takes calls and answers none until {@link #thaw}. */
  public void freeze() throws Exception {
    signal("STOP");
  }

  public void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    if (run(List.of("kill", "-" + name, Long.toString(service.pid()))) != 0) {
      throw new IOException("podman cannot be sent SIG" + name);
    }
  }

  /** Ends the engine; containers go on running, as they do when an engine dies. */
  @Override
  public void close() {
    service.destroy();
    service.onExit().completeOnTimeout(service, 10, TimeUnit.SECONDS).join();
    service.destroyForcibly();
  }

  /** Several test processes may want the image at once: one builds it. */
  private static void buildImage() throws Exception {
    Path lockFile = Path.of(System.getProperty("java.io.tmpdir"), "gpumarket-test-image.lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (run(List.of("podman", "image", "exists", IMAGE)) == 0) {
        return;
      }
      Path root = Files.createTempDirectory("gpumarket-image");
      Path bin = Files.createDirectories(root.resolve("bin"));
      Files.createDirectories(root.resolve("tmp"));
      Files.copy(BUSYBOX, bin.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(
          bin.resolve("busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String applet : List.of("sh", "echo", "sleep", "cat", "true", "seq", "env")) {
        Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
      }
      Path archive = root.resolveSibling(root.getFileName() + ".tar");
      if (run(List.of("tar", "-C", root.toString(), "-cf", archive.toString(), ".")) != 0
          || run(
                  List.of(
                      "podman", "import", "--change", "ENV PATH=/bin", archive.toString(), IMAGE))
              != 0) {
        throw new IOException("the test image cannot be made");
      }
      Files.delete(archive);
    }
  }

  private static int run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
    return process.exitValue();
  }
}
