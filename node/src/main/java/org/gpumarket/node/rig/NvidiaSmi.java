package org.gpumarket.node.rig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks NVIDIA's own tool. No tool means no NVIDIA card; a tool that fails is an error; a card of
 * which it cannot tell enough is left out, and the log says why.
 */
public final class NvidiaSmi implements GpuSource {
  private static final Logger LOG = LoggerFactory.getLogger(NvidiaSmi.class);

  /** A driver that has to wake its cards takes some seconds. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final int MAX_OUTPUT_BYTES = 64 << 10;
  private static final int MAX_GPUS = 64;

  /** Exit status of a query that found no card (nvidia-smi's manual, "Return Value"). */
  private static final int NOTHING_FOUND = 6;

  private static final String NO_DEVICES = "No devices were found";

  private static final String FIELDS = "index,uuid,name,memory.total";

  /** Drivers before 450 do not know it. */
  private static final String MIG_FIELD = "mig.mode.current";

  private final String program;
  private final Duration deadline;

  public NvidiaSmi() {
    this("nvidia-smi", DEADLINE);
  }

  NvidiaSmi(String program, Duration deadline) {
    this.program = program;
    this.deadline = deadline;
  }

  @Override
  public List<Gpu> gpus() throws RigException {
    try {
      return parse(query(FIELDS + "," + MIG_FIELD));
    } catch (RigException e) {
      if (String.valueOf(e.getMessage()).contains(MIG_FIELD)) {
        return parse(query(FIELDS));
      }
      throw e;
    }
  }

  private String query(String fields) throws RigException {
    Process process;
    try {
      process =
          new ProcessBuilder(program, "--query-gpu=" + fields, "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      return "";
    }
    return output(process);
  }

  /** Read by a thread of its own: a tool that hangs in its driver cannot even be killed. */
  private String output(Process process) throws RigException {
    CompletableFuture<String> said = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("nvidia-smi").start(() -> read(process, said));
    try {
      String text = said.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RigException(program + " does not end");
      }
      if (process.exitValue() == NOTHING_FOUND && text.strip().equals(NO_DEVICES)) {
        return "";
      }
      if (process.exitValue() != 0) {
        throw new RigException(
            program + " fails: " + shown(text.lines().findFirst().orElse("it says nothing")));
      }
      return text;
    } catch (TimeoutException _) {
      throw new RigException(
          program
              + " does not answer within "
              + deadline.toSeconds()
              + " s: does its driver hang?");
    } catch (ExecutionException e) {
      throw new RigException(program + " cannot be read: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RigException("interrupted while asking " + program);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(Process process, CompletableFuture<String> said) {
    try (InputStream stdout = process.getInputStream()) {
      process.getOutputStream().close();
      said.complete(new String(stdout.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      said.completeExceptionally(e);
    }
  }

  static List<Gpu> parse(String text) throws RigException {
    List<Gpu> gpus = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
      String[] fields = line.split(",", -1);
      if (fields.length < 4 || fields.length > 5 || gpus.size() >= MAX_GPUS) {
        throw new RigException("nvidia-smi says something else than GPUs: " + shown(line));
      }
      Optional<String> whyNot = whyNot(fields);
      if (whyNot.isPresent()) {
        LOG.warn("GPU {} is not offered: {}", shown(fields[0].strip()), whyNot.get());
        continue;
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

  /** Why a card that is there cannot be sold; the tool writes "[N/A]" for what it cannot tell. */
  static Optional<String> whyNot(String... fields) {
    if (fields.length == 5 && fields[4].strip().equals("Enabled")) {
      return Optional.of(
          "it is divided into MIG instances, which are not sold yet; nvidia-smi -mig 0 undoes that");
    }
    String[] meanings = {"its number", "its UUID", "its name", "how much memory it has"};
    for (int i = 0; i < meanings.length; i++) {
      if (fields[i].strip().matches("\\[.*]")) {
        return Optional.of(
            "nvidia-smi does not say " + meanings[i] + ": " + shown(fields[i].strip()));
      }
    }
    return Optional.empty();
  }

  private static String shown(String line) {
    String plain = line.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= 80 ? plain : plain.substring(0, 80) + "…";
  }
}
