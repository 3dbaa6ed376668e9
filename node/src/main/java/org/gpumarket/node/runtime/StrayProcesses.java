package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a workload started that has left its process group, as daemons do. Found by the lease's id
 * in its environment, so on Linux only, and not where a workload hides on purpose: a plain process
 * is not isolated. Safe for use by several threads.
 */
final class StrayProcesses {
  /** The variable that carries the lease's id. */
  static final String VARIABLE = "GPUMARKET_LEASE";

  /** What forks while it is being killed is looked for again. */
  private static final int TRIES = 100;

  private static final Duration PAUSE = Duration.ofMillis(5);

  private final String leaseId;
  private final String group;

  /**
   * Those of one lease.
   *
   * @param group the workload's own process group, whose members are no strays
   */
  StrayProcesses(String leaseId, long group) {
    this.leaseId = leaseId;
    this.group = Long.toString(group);
  }

  List<ProcessHandle> find() {
    return ProcessHandle.allProcesses().filter(process -> isStray(process.pid())).toList();
  }

  /** Kills them, until no more are found or a bounded number of tries is over. */
  void end() {
    List<ProcessHandle> left = find();
    for (int tries = 0; !left.isEmpty() && tries < TRIES; tries++) {
      left.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(PAUSE.toNanos());
      left = find();
    }
  }

  private boolean isStray(long pid) {
    return carriesLease(pid) && ProcStat.field(pid, ProcStat.GROUP).filter(group::equals).isEmpty();
  }

  private boolean carriesLease(long pid) {
    try {
      String environment =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
      return ("\0" + environment).contains("\0" + VARIABLE + "=" + leaseId + "\0");
    } catch (IOException _) {
      return false; // Ended, or somebody else's.
    }
  }
}
