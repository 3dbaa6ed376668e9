package org.gpumarket.node.rig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks NVIDIA's own tool. No tool means no NVIDIA card; a tool that fails is an error. */
public final class NvidiaSmi implements GpuSource {
  /** A driver that has to wake its cards takes some seconds. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final int MAX_OUTPUT_BYTES = 64 << 10;
  private static final int MAX_GPUS = 64;

  private final String program;

  public NvidiaSmi() {
    this("nvidia-smi");
  }

  NvidiaSmi(String program) {
    this.program = program;
  }

  @Override
  public List<Gpu> gpus() throws RigException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  program,
                  "--query-gpu=index,uuid,name,memory.total",
                  "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      return List.of();
    }
    return parse(output(process));
  }

  private String output(Process process) throws RigException {
    try (InputStream stdout = process.getInputStream()) {
      process.getOutputStream().close();
      Thread watchdog =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                        process.destroyForcibly();
                      }
                    } catch (InterruptedException _) {
                      // The answer came in time.
                    }
                  });
      String text = new String(stdout.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      watchdog.interrupt();
      if (!ended || process.exitValue() != 0) {
        throw new RigException(
            program + " fails: " + text.lines().findFirst().orElse("it says nothing"));
      }
      return text;
    } catch (IOException e) {
      throw new RigException(program + " cannot be read: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RigException("interrupted while asking " + program);
    } finally {
      process.destroyForcibly();
    }
  }

  static List<Gpu> parse(String text) throws RigException {
    List<Gpu> gpus = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
      String[] fields = line.split(",", -1);
      if (fields.length != 4 || gpus.size() >= MAX_GPUS) {
        throw new RigException("nvidia-smi says something else than GPUs: " + shown(line));
      }
      String uuid = fields[1].strip();
      String name = fields[2].strip();
      if (!uuid.matches("(GPU|MIG)-[0-9A-Za-z-]{8,64}") || !name.matches("[\\x20-\\x7e]{1,96}")) {
        throw new RigException("nvidia-smi names a GPU oddly: " + shown(line));
      }
      try {
        gpus.add(
            new Gpu(
                Integer.parseInt(fields[0].strip()),
                uuid,
                GpuCatalog.standard().of(name, Long.parseLong(fields[3].strip())),
                false));
      } catch (NumberFormatException _) {
        throw new RigException("nvidia-smi gives no number where one belongs: " + shown(line));
      }
    }
    return List.copyOf(gpus);
  }

  private static String shown(String line) {
    return line.length() <= 80 ? line : line.substring(0, 80) + "…";
  }
}
