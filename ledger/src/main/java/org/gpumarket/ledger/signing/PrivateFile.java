package org.gpumarket.ledger.signing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Writes a file that holds a secret.
 *
 * <p>Guarantees: nobody but its owner can open it at any moment, where the file system knows owners
 * (mode 0600 from its creation); it is there whole or not at all; once {@link #create} has returned
 * it outlives a power cut; one that is there is never written over.
 */
public final class PrivateFile {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFile() {}

  /**
   * Writes the file, unless somebody else has made it meanwhile. The folder must exist.
   *
   * @return whether it is this caller's bytes that are in the file
   * @throws IOException when nothing can be written; there is no file then
   */
  public static boolean create(Path file, byte[] bytes) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path fresh =
        Files.createTempFile(
            folder,
            file.getFileName() + ".",
            ".new",
            posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      if (!place(fresh, file)) {
        return false;
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
    if (posix && folder != null) {
      syncFolder(folder);
    }
    return true;
  }

  private static boolean place(Path fresh, Path file) throws IOException {
    try {
      Files.createLink(file, fresh); // Unlike a move, this never replaces.
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException _) {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE); // No links here, as on FAT.
      return true;
    }
  }

  /** A name is durable when its folder is. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
