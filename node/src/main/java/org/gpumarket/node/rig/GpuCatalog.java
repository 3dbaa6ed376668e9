package org.gpumarket.node.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Tier;

/**
 * What is known of GPU models: tier, memory, a price to begin with. Sources stand at the head of
 * gpu-models.csv. Immutable.
 */
public final class GpuCatalog {
  /** Words of makers and drivers that do not tell models apart. */
  private static final Set<String> NOISE =
      Set.of(
          "nvidia", "geforce", "quadro", "tesla", "gpu", "graphics", "generation", "hbm3", "hbm2e");

  private static final GpuCatalog STANDARD = load();

  private final Map<String, Entry> byModel = new LinkedHashMap<>();
  private final Map<String, Entry> byName = new HashMap<>();

  private GpuCatalog() {}

  private record Entry(GpuModel gpu, long microsPerGpuHour) {}

  /** The catalog that ships with the program. */
  public static GpuCatalog standard() {
    return STANDARD;
  }

  /** A model by its short name. */
  public Optional<GpuModel> model(String shortName) {
    return Optional.ofNullable(byModel.get(shortName)).map(Entry::gpu);
  }

  /** Every short name, in the order of the list. */
  public Set<String> models() {
    return Set.copyOf(byModel.keySet());
  }

  /**
   * The model of a card as its driver names it. A card that is in no list gets the floor, ENTRY_1,
   * and a short name made of its own.
   *
   * @param displayName for example "NVIDIA GeForce RTX 4090"
   * @param vramMib the card's memory as the driver reports it, MiB
   */
  public GpuModel of(String displayName, long vramMib) {
    Entry known = byName.get(key(displayName, vramMib));
    if (known == null) {
      known = byName.get(key(displayName, 0));
    }
    if (known != null) {
      return known.gpu().toBuilder().setVramMib(vramMib).setDisplayName(displayName).build();
    }
    String slug =
        displayName
            .toLowerCase(Locale.ROOT)
            .replaceAll("^nvidia ", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return GpuModel.newBuilder()
        .setModel(slug.isEmpty() ? "unknown" : slug.substring(0, Math.min(48, slug.length())))
        .setDisplayName(displayName)
        .setTier(Tier.TIER_ENTRY_1)
        .setVramMib(vramMib)
        .build();
  }

  /** A price to begin with, in millionths of a US dollar per GPU-hour. */
  public long defaultMicrosPerGpuHour(GpuModel gpu) {
    Entry known = byModel.get(gpu.getModel());
    return known == null ? 20_000 : known.microsPerGpuHour();
  }

  private static GpuCatalog load() {
    GpuCatalog catalog = new GpuCatalog();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(GpuCatalog.class.getResourceAsStream("gpu-models.csv")),
                StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.startsWith("#") && !line.startsWith("model,"))
          .forEach(catalog::add);
      return catalog;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    String[] fields = line.split(",", -1);
    GpuModel gpu =
        GpuModel.newBuilder()
            .setModel(fields[0])
            .setDisplayName(fields[1])
            .setTier(Tier.valueOf("TIER_" + fields[2].toUpperCase(Locale.ROOT).replace(' ', '_')))
            .setVramMib(Long.parseLong(fields[3]))
            .build();
    Entry entry = new Entry(gpu, Long.parseLong(fields[4]));
    byModel.put(fields[0], entry);
    byName.put(key(fields[1], gpu.getVramMib()), entry);
    byName.putIfAbsent(key(fields[1], 0), entry);
  }

  /** The words that matter, in order, and the memory in whole tens of GiB to tell 40 from 80. */
  private static String key(String displayName, long vramMib) {
    StringBuilder key = new StringBuilder();
    for (String word : displayName.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
      if (!word.isEmpty()
          && !NOISE.contains(word)
          && !word.matches("[0-9]+gb?|sxm[0-9]*|pcie|nvl")) {
        key.append(word);
      }
    }
    return key + "/" + Math.round(vramMib / 10_240.0);
  }
}
