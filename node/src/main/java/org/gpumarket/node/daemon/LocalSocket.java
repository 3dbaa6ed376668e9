package org.gpumarket.node.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the local API of the node that lives in a data folder listens.
 *
 * <p>{@code node.sock} in the folder itself, so that two homes never meet; a folder whose path is
 * too long for a socket's name gets a socket of its own under the runtime folder of the user.
 */
public final class LocalSocket {
  /** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
  private static final int MAX_PATH_BYTES = 100;

  private LocalSocket() {}

  /** The socket's path for a data folder. Nothing is created. */
  public static Path pathFor(Path dataFolder) {
    Path beside = dataFolder.toAbsolutePath().normalize().resolve("node.sock");
    if (beside.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES) {
      return beside;
    }
    return runtimeFolder().resolve(digest(beside.toString()) + ".sock");
  }

  /** Makes the socket's folder, its owner's alone, and removes a socket that a dead node left. */
  static UnixDomainSocketAddress prepare(Path socket) throws IOException {
    Path folder = socket.getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      allowOwnerOnly(folder, "rwx------");
    }
    Files.deleteIfExists(socket);
    return UnixDomainSocketAddress.of(socket);
  }

  /** Takes every right on the file from everybody but its owner, where the file system can. */
  static void allowOwnerOnly(Path file, String permissions) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(permissions));
    }
  }

  private static Path runtimeFolder() {
    String xdg = System.getenv("XDG_RUNTIME_DIR");
    return xdg != null && !xdg.isBlank()
        ? Path.of(xdg, "gpumarket")
        : Path.of(
            System.getProperty("java.io.tmpdir"), "gpumarket-" + System.getProperty("user.name"));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
