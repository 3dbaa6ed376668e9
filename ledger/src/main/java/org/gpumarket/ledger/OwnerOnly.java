package org.gpumarket.ledger;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Folders that nobody but their owner may open. Where the file system knows no POSIX permissions,
 * they are made as any other.
 */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private OwnerOnly() {}

  /**
   * Makes a folder and those above it that are missing, of mode 0700 from the first moment. What is
   * there is left as it is.
   */
  public static void createFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(folder, attributes(folder));
    } catch (NoSuchFileException e) {
      var cannot = new FileSystemException(folder.toString(), null, "the folder cannot be made");
      cannot.initCause(e);
      throw cannot;
    }
  }

  /**
   * Takes the rights of everybody else from what is there.
   *
   * @return whether there were any
   */
  public static boolean tighten(Path path) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null || !Files.exists(path)) {
      return false;
    }
    Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
    rights.addAll(view.readAttributes().permissions());
    boolean open = rights.retainAll(OWNER);
    if (open) {
      view.setPermissions(rights);
    }
    return open;
  }

  private static FileAttribute<?>[] attributes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
        : new FileAttribute<?>[0];
  }
}
