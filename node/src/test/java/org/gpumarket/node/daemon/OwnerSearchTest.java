package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.node.market.MarketQueries;
import org.gpumarket.node.market.OfferBoard;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.PeerView;
import org.gpumarket.v1.SearchOffersRequest;
import org.junit.jupiter.api.Test;

class OwnerSearchTest {
  private final OfferBoard board =
      new OfferBoard(
          new IndexedOrderBook(1), AddressPolicy.like(List.of()), InstantSource.system());
  private final List<PeerView> peers = new ArrayList<>();
  private final List<String> withheld = new ArrayList<>();
  private final OwnerSearch search =
      new OwnerSearch(
          new MarketQueries(board, "USD", new Random(1)), board, () -> peers, () -> withheld);

  @Test
  void aNodeThatWasToldOfNobodySaysSo() {
    assertThat(explanation())
        .isEqualTo(
            "no offer is known: this node has heard of no provider yet; this node was told of no"
                + " peer: name one with --bootstrap");
  }

  @Test
  void aPeerThatDoesNotAnswerAndGpusThatAreNotOfferedAreNamed() {
    peers.add(new PeerView("", "127.0.0.1:7739", false, true, "", 0, "connection refused"));
    peers.add(new PeerView("n", "127.0.0.1:7740", true, true, "", 0, ""));
    withheld.addAll(List.of("no region is set", "nothing can run"));

    assertThat(explanation())
        .isEqualTo(
            "no offer is known: this node has heard of no provider yet; your own GPUs are not"
                + " offered, because no region is set, and because nothing can run; peer"
                + " 127.0.0.1:7739 is not connected: connection refused");
  }

  private String explanation() {
    return search.search(SearchOffersRequest.getDefaultInstance()).getExplanation();
  }
}
