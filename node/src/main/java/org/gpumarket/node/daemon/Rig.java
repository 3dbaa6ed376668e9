package org.gpumarket.node.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.lease.OfferTerms;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.rig.GpuCatalog;
import org.gpumarket.node.rig.GpuSource;
import org.gpumarket.node.rig.HostResources;
import org.gpumarket.node.rig.NvidiaSmi;
import org.gpumarket.node.rig.RigException;
import org.gpumarket.node.rig.SimulatedGpus;
import org.gpumarket.node.settings.NearestKey;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Resources;
import org.gpumarket.v1.RuntimeKind;

/**
 * What this node sells and for how much: its cards in groups of one model, each group an offer.
 * Immutable.
 */
final class Rig {
  private final Settings settings;
  private final List<Gpu> gpus;
  private final Resources resources;
  private final Map<String, List<Gpu>> groups = new LinkedHashMap<>();

  private Rig(Settings settings, List<Gpu> gpus, Resources resources) {
    this.settings = settings;
    this.gpus = List.copyOf(gpus);
    this.resources = resources;
    for (Gpu gpu : gpus) {
      groups.computeIfAbsent(offerId(gpu), _ -> new ArrayList<>()).add(gpu);
    }
  }

  /** Looks at the machine, or takes the owner's word for simulated cards. */
  static Rig find(Settings settings, NodeId node) throws RigException, SettingsException {
    String simulated = settings.text(Setting.SIMULATE_GPUS);
    if (!settings.is(Setting.SELL)) {
      return new Rig(settings, List.of(), Resources.getDefaultInstance());
    }
    try {
      GpuSource source =
          simulated.isEmpty() ? new NvidiaSmi() : SimulatedGpus.parse(simulated, node);
      Rig rig = new Rig(settings, source.gpus(), resources(settings));
      rig.requireKnownPrices();
      return rig;
    } catch (IllegalArgumentException e) {
      throw settings.complaint(Setting.SIMULATE_GPUS, String.valueOf(e.getMessage()));
    }
  }

  /** A price that names no model would leave a card at another price than its owner wrote. */
  private void requireKnownPrices() throws SettingsException {
    Set<String> known = new TreeSet<>(GpuCatalog.standard().models());
    gpus.forEach(gpu -> known.add(gpu.model().getModel()));
    for (String name : settings.prices().keySet()) {
      boolean tier = Character.isUpperCase(name.charAt(0));
      if (!tier && !known.contains(name)) {
        throw settings.complaint(
            Setting.PRICES,
            "no GPU model is called '"
                + name
                + "', in the list of models or on this machine; the nearest is '"
                + NearestKey.to(name, known)
                + "'");
      }
    }
  }

  List<Gpu> gpus() {
    return gpus;
  }

  /** All that is sold beside the cards. */
  Resources resources() {
    return resources;
  }

  Price price(Gpu gpu) {
    Map<String, Long> prices = settings.prices();
    String tier = gpu.model().getTier().name().substring("TIER_".length());
    long micros =
        Optional.ofNullable(prices.get(gpu.model().getModel()))
            .or(() -> Optional.ofNullable(prices.get(tier)))
            .orElseGet(() -> GpuCatalog.standard().defaultMicrosPerGpuHour(gpu.model()));
    return Price.newBuilder()
        .setCurrencyCode(settings.text(Setting.CURRENCY))
        .setMicrosPerGpuHour(micros)
        .build();
  }

  /**
   * The offers as they stand now, without number and times.
   *
   * @param free how many of some cards are free
   */
  List<Offer> offers(
      List<String> addresses,
      List<RuntimeKind> runtimes,
      java.util.function.ToIntFunction<List<String>> free) {
    if (runtimes.isEmpty() || settings.text(Setting.REGION).isEmpty()) {
      return List.of();
    }
    List<Offer> offers = new ArrayList<>();
    groups.forEach(
        (id, cards) -> {
          Gpu first = cards.getFirst();
          offers.add(
              Offer.newBuilder()
                  .setOfferId(id)
                  .addAllAddresses(addresses)
                  .setRegion(settings.text(Setting.REGION))
                  .setGpu(first.model())
                  .setGpuCount(cards.size())
                  .setGpuAvailable(free.applyAsInt(uuids(cards)))
                  .setPrice(price(first))
                  .setResources(resources)
                  .setMinDurationMs(settings.duration(Setting.MIN_DURATION).toMillis())
                  .setMaxDurationMs(settings.duration(Setting.MAX_DURATION).toMillis())
                  .addAllRuntimes(runtimes)
                  .setSimulated(first.simulated())
                  .build());
        });
    return offers;
  }

  /** A published offer with the cards behind it. */
  Optional<OfferTerms> terms(Offer offer) {
    List<Gpu> cards = groups.get(offer.getOfferId());
    if (cards == null) {
      return Optional.empty();
    }
    return Optional.of(
        new OfferTerms(
            offer.getOfferId(),
            offer.getSequence(),
            offer.getGpu(),
            offer.getPrice(),
            uuids(cards),
            offer.getResources(),
            offer.getMinDurationMs(),
            offer.getMaxDurationMs(),
            java.util.Set.copyOf(offer.getRuntimesList()),
            offer.getSimulated()));
  }

  private static List<String> uuids(List<Gpu> cards) {
    return cards.stream().map(Gpu::uuid).toList();
  }

  private static String offerId(Gpu gpu) {
    return gpu.model().getModel().toLowerCase(Locale.ROOT).replace('.', '-');
  }

  private static Resources resources(Settings settings) {
    Path folder = settings.home().dataFolder();
    Resources host = HostResources.of(folder);
    return Resources.newBuilder()
        .setCpuMillis(settings.millis(Setting.CPUS).orElse(host.getCpuMillis()))
        .setMemoryMib(settings.mib(Setting.MEMORY).orElse(host.getMemoryMib() * 3 / 4))
        .setDiskMib(settings.mib(Setting.DISK).orElse(host.getDiskMib() / 2))
        .build();
  }
}
