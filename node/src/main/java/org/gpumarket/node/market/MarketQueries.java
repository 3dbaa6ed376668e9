package org.gpumarket.node.market;

import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.gpumarket.matcher.Match;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.matcher.Order;
import org.gpumarket.v1.OfferListing;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;
import org.gpumarket.v1.SignedEnvelope;

/** Answers searches from the board. Safe for use by several threads. */
public final class MarketQueries {
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1_000;

  /** Where a page ends early: well below what a peer takes in one message. */
  private static final int MAX_PAGE_BYTES = 2 << 20;

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
   * Searches for this node's owner.
   *
   * @throws IllegalArgumentException with one sentence when the request cannot be understood
   */
  public SearchOffersResponse search(SearchOffersRequest request) {
    return search(request, board::envelope);
  }

  /**
   * Searches for a peer, which is told only what may be passed on.
   *
   * @throws IllegalArgumentException with one sentence when the request cannot be understood
   */
  SearchOffersResponse searchForPeer(SearchOffersRequest request) {
    return search(request, board::newest);
  }

  private SearchOffersResponse search(
      SearchOffersRequest request, Function<OfferKey, Optional<SignedEnvelope>> shown) {
    Page page = Page.parse(request, random);
    int end = page.offset() + page.size();
    Match match =
        board.match(
            new Order(
                WireTypes.requirements(request.getRequirements(), currency),
                WireTypes.policy(request.getPolicy()),
                end + 1,
                page.salt()));
    SearchOffersResponse.Builder response =
        SearchOffersResponse.newBuilder()
            .setConsideredCount(match.considered())
            .setFittingCount(match.fitting())
            .setExplanation(match.explanation());
    int next = page.offset();
    int bytes = 0;
    while (next < Math.min(end, match.ranked().size()) && bytes < MAX_PAGE_BYTES) {
      Optional<OfferListing> listing = listing(match.ranked().get(next).key(), shown);
      listing.ifPresent(response::addOffers);
      bytes += listing.map(OfferListing::getSerializedSize).orElse(0);
      next++;
    }
    if (next < match.ranked().size()) {
      response.setNextPageToken(next + "." + page.salt());
    }
    return response.build();
  }

  /** An offer as it is listed; empty when it is not shown, or has gone since it was found. */
  private static Optional<OfferListing> listing(
      OfferKey key, Function<OfferKey, Optional<SignedEnvelope>> shown) {
    return shown
        .apply(key)
        .map(
            envelope ->
                OfferListing.newBuilder().setProvider(key.provider()).setOffer(envelope).build());
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
