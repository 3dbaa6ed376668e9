package org.gpumarket.node.peer;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.gpumarket.v1.ExchangeOffersRequest;
import org.gpumarket.v1.ExchangeOffersResponse;
import org.gpumarket.v1.HelloRequest;
import org.gpumarket.v1.HelloResponse;
import org.gpumarket.v1.PeerServiceGrpc.PeerServiceImplBase;

/** Answers PeerService: translates and leaves what is said to {@link PeerSessions}. */
public final class PeerGrpcService extends PeerServiceImplBase {
  private final PeerSessions sessions;
  private final Greeting greeting;

  public PeerGrpcService(PeerSessions sessions, Greeting greeting) {
    this.sessions = sessions;
    this.greeting = greeting;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> responses) {
    if (request.getMinProtocolVersion() > Greeting.PROTOCOL_VERSION
        || request.getMaxProtocolVersion() < Greeting.PROTOCOL_VERSION) {
      responses.onError(
          Status.FAILED_PRECONDITION
              .withDescription("this node speaks version 1 of the protocol only")
              .asRuntimeException());
      return;
    }
    responses.onNext(greeting.response());
    responses.onCompleted();
  }

  @Override
  public StreamObserver<ExchangeOffersRequest> exchangeOffers(
      StreamObserver<ExchangeOffersResponse> responses) {
    var stream = (ServerCallStreamObserver<ExchangeOffersResponse>) responses;
    OfferSession session = sessions.begin();
    if (!sessions.accept(session, RemotePeer.current())) {
      stream.onError(
          Status.RESOURCE_EXHAUSTED.withDescription("too many peers already").asRuntimeException());
      return new Ignoring();
    }
    stream.setOnReadyHandler(session::send);
    stream.setOnCancelHandler(() -> sessions.end(session));
    session.open(
        stream,
        batch -> stream.onNext(ExchangeOffersResponse.newBuilder().addAllOffers(batch).build()));
    return new Exchange(session, stream);
  }

  /** The server's end of the stream. */
  private final class Exchange implements StreamObserver<ExchangeOffersRequest> {
    private final OfferSession session;
    private final ServerCallStreamObserver<ExchangeOffersResponse> stream;

    Exchange(OfferSession session, ServerCallStreamObserver<ExchangeOffersResponse> stream) {
      this.session = session;
      this.stream = stream;
    }

    @Override
    public void onNext(ExchangeOffersRequest request) {
      String bad = session.receive(request.getOffersList());
      if (!bad.isEmpty() && sessions.end(session)) {
        stream.onError(Status.INVALID_ARGUMENT.withDescription(bad).asRuntimeException());
      }
    }

    @Override
    public void onError(Throwable error) {
      sessions.end(session);
    }

    @Override
    public void onCompleted() {
      if (sessions.end(session)) {
        stream.onCompleted();
      }
    }
  }

  private static final class Ignoring implements StreamObserver<ExchangeOffersRequest> {
    @Override
    public void onNext(ExchangeOffersRequest request) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
