package org.gpumarket.node.market;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.gpumarket.matcher.Policy;
import org.gpumarket.matcher.Price;
import org.gpumarket.matcher.Region;
import org.gpumarket.matcher.Requirements;
import org.gpumarket.matcher.Resources;
import org.gpumarket.matcher.RuntimeKind;

/**
 * The matcher's words for what stands on the wire. Each throws IllegalArgumentException with one
 * sentence for what cannot be said.
 */
public final class WireTypes {
  /** Entries in any list of a requirement (offer.proto). */
  private static final int MAX_LISTED = 64;

  private WireTypes() {}

  static Price price(org.gpumarket.v1.Price price) {
    return new Price(price.getCurrencyCode(), price.getMicrosPerGpuHour());
  }

  static Region region(String text) {
    return new Region(text);
  }

  static Resources resources(org.gpumarket.v1.Resources resources) {
    return new Resources(
        resources.getCpuMillis(), resources.getMemoryMib(), resources.getDiskMib());
  }

  static Set<RuntimeKind> runtimes(Collection<org.gpumarket.v1.RuntimeKind> kinds) {
    Set<RuntimeKind> runtimes = EnumSet.noneOf(RuntimeKind.class);
    kinds.forEach(kind -> runtime(kind).ifPresent(runtimes::add));
    return runtimes;
  }

  private static Optional<RuntimeKind> runtime(org.gpumarket.v1.RuntimeKind kind) {
    return switch (kind) {
      case RUNTIME_KIND_CONTAINER -> Optional.of(RuntimeKind.CONTAINER);
      case RUNTIME_KIND_PROCESS -> Optional.of(RuntimeKind.PROCESS);
      case RUNTIME_KIND_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
    };
  }

  /**
   * Reads an order's requirements.
   *
   * @param ownCurrency asked for where the order names none
   */
  public static Requirements requirements(
      org.gpumarket.v1.Requirements wanted, String ownCurrency) {
    for (List<?> listed :
        List.of(
            wanted.getModelsList(),
            wanted.getRegionsList(),
            wanted.getExcludedRegionsList(),
            wanted.getProvidersList(),
            wanted.getExcludedProvidersList())) {
      if (listed.size() > MAX_LISTED) {
        throw new IllegalArgumentException(
            "a list in an order has at most " + MAX_LISTED + " entries");
      }
    }
    Optional<Price> maxPrice =
        wanted.hasMaxPrice() ? Optional.of(maxPrice(wanted, ownCurrency)) : Optional.empty();
    return new Requirements(
        wanted.getCurrencyCode().isEmpty()
            ? maxPrice.map(Price::currency).orElse(ownCurrency)
            : wanted.getCurrencyCode(),
        Set.copyOf(wanted.getModelsList()),
        Math.max(0, wanted.getMinTierValue()),
        wanted.getMinVramMib(),
        Math.max(1, wanted.getGpuCount()),
        wanted.getRegionsList().stream().map(Region::new).toList(),
        wanted.getExcludedRegionsList().stream().map(Region::new).toList(),
        maxPrice,
        resources(wanted.getResources()),
        wanted.getDurationMs(),
        runtime(wanted.getRuntime()),
        wanted.getAcceptSimulated(),
        Set.copyOf(wanted.getProvidersList()),
        Set.copyOf(wanted.getExcludedProvidersList()));
  }

  private static Price maxPrice(org.gpumarket.v1.Requirements wanted, String ownCurrency) {
    org.gpumarket.v1.Price most = wanted.getMaxPrice();
    return new Price(
        Stream.of(most.getCurrencyCode(), wanted.getCurrencyCode(), ownCurrency)
            .filter(code -> !code.isEmpty())
            .findFirst()
            .orElseThrow(),
        most.getMicrosPerGpuHour());
  }

  public static Policy policy(org.gpumarket.v1.Policy policy) {
    return switch (policy) {
      case POLICY_BALANCED -> Policy.BALANCED;
      case POLICY_CHEAPEST, POLICY_UNSPECIFIED, UNRECOGNIZED -> Policy.CHEAPEST;
    };
  }
}
