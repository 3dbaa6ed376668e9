package org.gpumarket.node.daemon;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gpumarket.node.market.MarketQueries;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.node.peer.PeerView;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;

/**
 * Searches for this node's owner, who is told where nothing fits what keeps offers away from here.
 * Safe for use by several threads.
 */
final class OwnerSearch {
  private final MarketQueries market;
  private final OfferBoard board;
  private final Supplier<List<PeerView>> peers;
  private final Supplier<List<String>> withheld;

  /**
   * Searches of one node.
   *
   * @param withheld why its own GPUs are not offered, in parts of a sentence
   */
  OwnerSearch(
      MarketQueries market,
      OfferBoard board,
      Supplier<List<PeerView>> peers,
      Supplier<List<String>> withheld) {
    this.market = market;
    this.board = board;
    this.peers = peers;
    this.withheld = withheld;
  }

  /**
   * Searches.
   *
   * @throws IllegalArgumentException with one sentence when the request cannot be understood
   */
  SearchOffersResponse search(SearchOffersRequest request) {
    SearchOffersResponse found = market.search(request);
    if (found.getFittingCount() > 0) {
      return found;
    }
    String why =
        found.getConsideredCount() > 0
            ? found.getExplanation()
            : found.getExplanation() + ": " + board.whyEmpty();
    return found.toBuilder()
        .setExplanation(Stream.concat(Stream.of(why), remarks()).collect(Collectors.joining("; ")))
        .build();
  }

  private Stream<String> remarks() {
    List<PeerView> known = peers.get();
    Stream<String> unmet =
        known.isEmpty()
            ? Stream.of("this node was told of no peer: name one with --bootstrap")
            : known.stream()
                .filter(peer -> !peer.connected())
                .map(peer -> "peer " + peer.address() + " is not connected: " + peer.problem());
    List<String> reasons = withheld.get();
    Stream<String> own =
        reasons.isEmpty()
            ? Stream.empty()
            : Stream.of(
                "your own GPUs are not offered, because " + String.join(", and because ", reasons));
    return Stream.of(own, unmet, board.leftOut().stream()).flatMap(parts -> parts);
  }
}
