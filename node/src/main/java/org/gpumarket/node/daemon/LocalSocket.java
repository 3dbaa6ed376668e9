package org.gpumarket.node.daemon;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.gpumarket.ledger.OwnerOnly;

/**
 * Where the local API of the node that lives in a data folder listens.
 *
 * <p>{@code node.sock} in the folder itself, so that two homes never meet; a folder whose path is
 * too long for a socket's name gets a socket of its own under the runtime folder of the user.
 */
public final class LocalSocket {
  /** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
  private static final int MAX_PATH_BYTES = 100;

  private static final String BESIDE = "node.sock";

  private LocalSocket() {}

  /** The socket's path for a data folder. Nothing is created. */
  public static Path pathFor(Path dataFolder) {
    Path beside = dataFolder.toAbsolutePath().normalize().resolve(BESIDE);
    if (beside.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES) {
      return beside;
    }
    return runtimeFolder().resolve(digest(beside.toString()) + ".sock");
  }

  /**
   * Makes the socket's folder, its owner's alone, and removes a socket that a dead node left.
   *
   * @throws IOException with one sentence when others could put a socket of their own there
   */
  static UnixDomainSocketAddress prepare(Path socket) throws IOException {
    Path folder = socket.getParent();
    if (folder != null && Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
      OwnerOnly.createFolder(folder);
    }
    requireOwn(socket);
    Files.deleteIfExists(socket);
    return UnixDomainSocketAddress.of(socket);
  }

  /**
   * Refuses a socket in a folder that another user made or may write in: whoever answers there
   * could be anybody. A socket in the data folder is as trustworthy as the data.
   *
   * @throws IOException with one sentence
   */
  static void requireOwn(Path socket) throws IOException {
    Path folder = socket.getParent();
    if (folder == null || socket.endsWith(BESIDE)) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    boolean own =
        view.readAttributes().isDirectory()
            && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals((int) new UnixSystem().getUid());
    if (!own) {
      throw new IOException(
          folder + " belongs to somebody else: set XDG_RUNTIME_DIR to a folder of your own");
    }
    if (PosixFilePermissions.toString(view.readAttributes().permissions()).endsWith("------")) {
      return;
    }
    throw new IOException(folder + " is open to others: run chmod 700 " + folder);
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
