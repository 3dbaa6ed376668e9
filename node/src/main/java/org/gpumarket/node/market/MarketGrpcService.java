package org.gpumarket.node.market;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.gpumarket.v1.MarketServiceGrpc.MarketServiceImplBase;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.SearchOffersResponse;

/** Answers MarketService: translates and leaves the rest to {@link MarketQueries}. */
public final class MarketGrpcService extends MarketServiceImplBase {
  private final MarketQueries queries;

  public MarketGrpcService(MarketQueries queries) {
    this.queries = queries;
  }

  @Override
  public void searchOffers(
      SearchOffersRequest request, StreamObserver<SearchOffersResponse> responses) {
    try {
      responses.onNext(queries.searchForPeer(request));
      responses.onCompleted();
    } catch (IllegalArgumentException e) {
      responses.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
    }
  }
}
