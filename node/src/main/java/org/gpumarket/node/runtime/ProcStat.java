package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux says of a process in /proc/PID/stat (proc(5)). Empty where it says nothing. */
final class ProcStat {
  /** Its process group: field 5. */
  static final int GROUP = 5;

  /** Clock ticks from the boot to its start: field 22. */
  static final int START = 22;

  /** The first field behind the program's name, which may itself hold blanks and brackets. */
  private static final int FIRST = 3;

  private ProcStat() {}

  /** One field, counted as the manual counts them, from {@link #FIRST} on. */
  static Optional<String> field(long pid, int number) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[number - FIRST]);
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
