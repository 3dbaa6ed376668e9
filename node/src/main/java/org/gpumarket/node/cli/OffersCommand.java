package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.deployment.OrderValues;
import org.gpumarket.node.settings.Values;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "offers",
    description = "Search the offers that this node knows, cheapest first.",
    footer = {
      "",
      "Examples:",
      "  gpumarket offers",
      "  gpumarket offers --model rtx4090 --region eu --max-price 0.30",
      "  gpumarket offers --min-vram 24GiB --simulated -o json"
    })
final class OffersCommand extends PrintingCommand {
  @Option(names = "--model", paramLabel = "NAME", split = ",", description = "any of these models")
  private List<String> models = new ArrayList<>();

  @Option(names = "--min-tier", paramLabel = "TIER", description = "entry-1 to ultra-high-3")
  private @Nullable String minTier;

  @Option(names = "--min-vram", paramLabel = "SIZE", description = "memory of each GPU")
  private @Nullable String minVram;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      defaultValue = "1",
      description = "free GPUs together")
  private int gpus = 1;

  @Option(names = "--region", paramLabel = "REGION", split = ",", description = "any of these")
  private List<String> regions = new ArrayList<>();

  @Option(names = "--max-price", paramLabel = "AMOUNT", description = "per GPU-hour, in US dollars")
  private @Nullable String maxPrice;

  @Option(names = "--simulated", description = "show simulated GPUs too")
  private boolean simulated;

  @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "at most so many")
  private int limit = 50;

  @Override
  public Integer call() throws Failure, InvalidSignatureException {
    SearchOffersResponse answer;
    try (LocalApi api = connect()) {
      answer =
          api.stub()
              .searchOffers(
                  SearchOffersRequest.newBuilder()
                      .setRequirements(requirements())
                      .setPageSize(limit)
                      .build());
    }
    if (json()) {
      List<Offer> offers = new ArrayList<>();
      for (OfferListing listing : answer.getOffersList()) {
        offers.add(EnvelopeKind.OFFER.parse(listing.getOffer()));
      }
      System.out.println(Json.array(offers));
      return 0;
    }
    Table table =
        new Table(
            "PROVIDER", "GPUS", ">FREE", "TIER", ">VRAM MiB", ">PRICE/GPU-HOUR", "REGION", "RUNS");
    for (OfferListing listing : answer.getOffersList()) {
      Offer offer = EnvelopeKind.OFFER.parse(listing.getOffer());
      table.row(
          Show.id(listing.getProvider()),
          Show.gpus(offer.getGpuCount(), offer.getGpu(), offer.getSimulated()),
          offer.getGpuAvailable(),
          Show.tier(offer.getGpu().getTier()),
          offer.getGpu().getVramMib(),
          Show.price(offer.getPrice()),
          offer.getRegion(),
          String.join(
              ",",
              offer.getRuntimesList().stream()
                  .map(
                      r ->
                          r.name()
                              .substring("RUNTIME_KIND_".length())
                              .toLowerCase(java.util.Locale.ROOT))
                  .toList()));
    }
    table.print(System.out);
    System.out.println(answer.getExplanation());
    return 0;
  }

  private Requirements requirements() throws Failure {
    try {
      Requirements.Builder wanted =
          Requirements.newBuilder()
              .addAllModels(models)
              .setGpuCount(gpus)
              .addAllRegions(regions)
              .setAcceptSimulated(simulated);
      if (minTier != null) {
        wanted.setMinTier(OrderValues.tier(minTier));
      }
      if (minVram != null) {
        wanted.setMinVramMib(Values.mib(minVram));
      }
      if (maxPrice != null) {
        wanted.setMaxPrice(
            Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(Values.micros(maxPrice)));
      }
      return wanted.build();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }
}
