package org.gpumarket.node.rig;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gpumarket.v1.Resources;

/** What the machine has beside its cards. */
public final class HostResources {
  private HostResources() {}

  /**
   * Processors, memory, and the free disk under a folder, all of it: what of it is sold is the
   * owner's to say.
   */
  public static Resources of(Path folder) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return Resources.newBuilder()
        .setCpuMillis(1_000L * Runtime.getRuntime().availableProcessors())
        .setMemoryMib(system.getTotalMemorySize() >> 20)
        .setDiskMib(freeMib(folder))
        .build();
  }

  private static long freeMib(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace() >> 20;
    } catch (IOException _) {
      return 0;
    }
  }
}
