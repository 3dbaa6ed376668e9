package org.gpumarket.node.market;

import java.util.List;
import java.util.random.RandomGenerator;
import org.gpumarket.matcher.Match;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.Order;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;

/** Answers searches from the board. Safe for use by several threads. */
public final class MarketQueries {
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1_000;

  private final OfferBoard board;
  private final String currency;
  private final RandomGenerator random;

  /**
   * Queries of a board.
   *
   * @param currency asked for where a search names none
   */
  public MarketQueries(OfferBoard board, String currency, RandomGenerator random) {
    this.board = board;
    this.currency = currency;
    this.random = random;
  }

  /**
   * Searches.
   *
   * @throws IllegalArgumentException with one sentence when the request cannot be understood
   */
  public SearchOffersResponse search(SearchOffersRequest request) {
    Page page = Page.parse(request, random);
    int size = page.offset() + page.size();
    Match match =
        board.match(
            new Order(
                WireTypes.requirements(request.getRequirements(), currency),
                WireTypes.policy(request.getPolicy()),
                size + 1,
                page.salt()));
    List<Offer> ranked =
        match
            .ranked()
            .subList(
                Math.min(page.offset(), match.ranked().size()),
                Math.min(size, match.ranked().size()));
    SearchOffersResponse.Builder response =
        SearchOffersResponse.newBuilder()
            .setConsideredCount(match.considered())
            .setFittingCount(match.fitting())
            .setExplanation(match.explanation());
    for (Offer offer : ranked) {
      board
          .envelope(offer.key())
          .ifPresent(
              envelope ->
                  response.addOffers(
                      OfferListing.newBuilder()
                          .setProvider(offer.key().provider())
                          .setOffer(envelope)));
    }
    if (match.ranked().size() > size) {
      response.setNextPageToken(size + "." + page.salt());
    }
    return response.build();
  }

  /** Where a page begins; the salt keeps the order of equals the same on every page. */
  private record Page(int offset, int size, long salt) {
    static Page parse(SearchOffersRequest request, RandomGenerator random) {
      int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
      if (size < 1 || size > MAX_PAGE) {
        throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " offers");
      }
      if (request.getPageToken().isEmpty()) {
        return new Page(0, size, random.nextLong());
      }
      String[] parts = request.getPageToken().split("\\.", 2);
      try {
        int offset = Integer.parseInt(parts[0]);
        if (parts.length == 2 && offset >= 0 && offset <= OfferBoard.MAX_OFFERS) {
          return new Page(offset, size, Long.parseLong(parts[1]));
        }
      } catch (NumberFormatException _) {
        // Refused below, as any other token that is not ours.
      }
      throw new IllegalArgumentException("this page token is not from an earlier answer");
    }
  }
}
