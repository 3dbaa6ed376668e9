package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.deployment.OrderValues;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.Requirements;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.Tier;
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
  @Option(
      names = "--model",
      paramLabel = "NAME",
      split = ",",
      converter = FlagValues.Model.class,
      description = "any of these models, such as rtx4090,a100-80g")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--min-tier",
      paramLabel = "TIER",
      converter = FlagValues.Tier.class,
      description = "entry-1 to ultra-high-3")
  private Tier minTier = Tier.TIER_UNSPECIFIED;

  @Option(
      names = "--min-vram",
      paramLabel = "SIZE",
      converter = FlagValues.Vram.class,
      description = "memory of each GPU, such as 24GiB")
  private long minVramMib;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      defaultValue = "1",
      converter = FlagValues.GpuCount.class,
      description = "free GPUs together, 1 to 1024 (1)")
  private int gpus = 1;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      split = ",",
      converter = FlagValues.Region.class,
      description = "any of these, such as eu,na-us")
  private List<String> regions = new ArrayList<>();

  @Option(
      names = "--max-price",
      paramLabel = "PRICE",
      converter = FlagValues.PriceText.class,
      description = "per GPU-hour: '0.30 EUR', or 0.30 in the currency of the settings")
  private @Nullable String maxPrice;

  @Option(names = "--simulated", description = "show simulated GPUs too")
  private boolean simulated;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      converter = FlagValues.RowCount.class,
      description = "at most so many, 1 to 1000 (50)")
  private int limit = 50;

  @Override
  public Integer call() throws Failure, SettingsException, InvalidSignatureException {
    ModelNotes.print(models);
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
      List<String> offers = new ArrayList<>();
      for (OfferListing listing : answer.getOffersList()) {
        offers.add(
            Json.with(
                "provider", listing.getProvider(), EnvelopeKind.OFFER.parse(listing.getOffer())));
      }
      System.out.println(Json.list(offers));
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
    if (answer.getOffersCount() > 0) {
      table.print(System.out);
    }
    System.out.println(Terminal.plain(answer.getExplanation()));
    return 0;
  }

  private Requirements requirements() throws SettingsException {
    Requirements.Builder wanted =
        Requirements.newBuilder()
            .addAllModels(models)
            .setMinTier(minTier)
            .setMinVramMib(minVramMib)
            .setGpuCount(gpus)
            .addAllRegions(regions)
            .setAcceptSimulated(simulated);
    if (maxPrice != null) {
      String currency = settings(Map.of()).text(Setting.CURRENCY);
      wanted.setMaxPrice(OrderValues.price(maxPrice, currency));
    }
    return wanted.build();
  }
}
