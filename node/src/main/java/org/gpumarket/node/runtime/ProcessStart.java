package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * When a process began, told so that the same number given to another process is not taken for it.
 *
 * <p>On Linux the boot's id and the clock ticks since that boot: the start instant that the JDK
 * tells is counted from the wall clock, and every process would seem another one after the clock
 * was set. Elsewhere that instant, in milliseconds.
 */
final class ProcessStart {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private ProcessStart() {}

  /** One word; empty when no such process is alive. */
  static Optional<String> of(long pid) {
    Optional<ProcessHandle> alive = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return alive.flatMap(
        process ->
            Files.exists(BOOT_ID)
                ? sinceBoot(pid)
                : process.info().startInstant().map(Instant::toEpochMilli).map(String::valueOf));
  }

  private static Optional<String> sinceBoot(long pid) {
    return ProcStat.field(pid, ProcStat.START).flatMap(ticks -> boot().map(id -> id + ":" + ticks));
  }

  private static Optional<String> boot() {
    try {
      return Optional.of(Files.readString(BOOT_ID).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
