package org.gpumarket.node.peer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.ExchangeOffersRequest;
import org.gpumarket.v1.ExchangeOffersResponse;
import org.gpumarket.v1.HelloResponse;
import org.gpumarket.v1.PeerServiceGrpc;
import org.gpumarket.v1.PeerServiceGrpc.PeerServiceBlockingStub;

/** Keeps an exchange with one address alive, from a virtual thread of its own. */
final class BootstrapPeer implements AutoCloseable {
  private static final long HELLO_SECONDS = 10;
  private static final int MAX_PROBLEM_CHARS = 160;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  /** An exchange that held so long: the next attempt comes soon again. */
  private static final Duration STEADY = Duration.ofSeconds(30);

  private final HostPort address;
  private final PeerConnections connections;
  private final Greeting greeting;
  private final PeerSessions sessions;
  private final Thread thread;
  private volatile PeerView view;
  private volatile boolean closed;

  BootstrapPeer(
      HostPort address, PeerConnections connections, Greeting greeting, PeerSessions sessions) {
    this.address = address;
    this.connections = connections;
    this.greeting = greeting;
    this.sessions = sessions;
    this.thread = Thread.ofVirtual().name("peer-" + address).unstarted(this::work);
    this.view = new PeerView("", address.toString(), false, true, "", 0, "not met yet");
  }

  void start() {
    thread.start();
  }

  boolean isAt(HostPort typed) {
    return address.equals(typed);
  }

  PeerView view() {
    return view;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void work() {
    connections.typed(address);
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed) {
      long beganNanos = System.nanoTime();
      try {
        view = disconnected(exchange());
        if (System.nanoTime() - beganNanos >= STEADY.toNanos()) {
          pause = FIRST_PAUSE_MILLIS;
        }
      } catch (StatusRuntimeException e) {
        view = disconnected(sentence(e));
      } catch (IOException e) {
        view = disconnected(String.valueOf(e.getMessage()));
      } catch (InterruptedException _) {
        return;
      }
      try {
        Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause));
      } catch (InterruptedException _) {
        return;
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  /** Meets the peer and exchanges offers until the stream ends; answers why it did. */
  private String exchange() throws IOException, InterruptedException {
    ManagedChannel channel = connections.dial(address);
    AtomicReference<String> proven = new AtomicReference<>("");
    ProvenId sameNode = new ProvenId(connections, proven);
    HelloResponse hello =
        hello(PeerServiceGrpc.newBlockingStub(channel).withInterceptors(sameNode));
    if (proven.get().equals(connections.tls().nodeId().text())) {
      throw new IOException("this address is this node's own");
    }
    if (hello.getProtocolVersion() != Greeting.PROTOCOL_VERSION) {
      throw new IOException(
          "the peer speaks version " + hello.getProtocolVersion() + " of the protocol");
    }
    connections.met(address, NodeId.parse(proven.get()));
    OfferSession session = sessions.begin();
    try {
      CompletableFuture<String> ended = new CompletableFuture<>();
      PeerServiceGrpc.newStub(channel)
          .withInterceptors(sameNode)
          .exchangeOffers(new Exchange(session, ended));
      view =
          new PeerView(
              proven.get(),
              address.toString(),
              true,
              true,
              Greeting.shown(hello.getUserAgent()),
              hello.getTimeUnixMs() - greeting.clock().millis(),
              "");
      return ended.get();
    } catch (ExecutionException e) {
      return String.valueOf(e.getMessage());
    } finally {
      var _ = sessions.end(session);
    }
  }

  /**
   * Greets the peer, and notes at once why it cannot be reached. Waiting for it says nothing but
   * that the time is over, so what was noted before stands then.
   */
  private HelloResponse hello(PeerServiceBlockingStub stub) throws IOException {
    try {
      return within(stub).hello(greeting.request());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
        throw e;
      }
      String unreachable = sentence(e);
      view = disconnected(unreachable);
      try {
        return within(stub.withWaitForReady()).hello(greeting.request());
      } catch (StatusRuntimeException late) {
        if (late.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
          throw late;
        }
        throw new IOException(unreachable, late);
      }
    }
  }

  private static PeerServiceBlockingStub within(PeerServiceBlockingStub stub) {
    return stub.withDeadlineAfter(HELLO_SECONDS, TimeUnit.SECONDS);
  }

  private PeerView disconnected(String why) {
    return new PeerView(view.nodeId(), address.toString(), false, true, view.userAgent(), 0, why);
  }

  /** Why a call failed, in one short line: gRPC's own words can hold whole stack traces. */
  private static String sentence(StatusRuntimeException e) {
    String why =
        e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
            ? "no answer within " + HELLO_SECONDS + " s"
            : reason(e);
    String line = why.lines().findFirst().orElse("");
    return line.length() <= MAX_PROBLEM_CHARS ? line : line.substring(0, MAX_PROBLEM_CHARS) + "…";
  }

  private static String reason(StatusRuntimeException e) {
    Throwable cause = e.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String description = e.getStatus().getDescription();
    if (cause instanceof ConnectException && "Connection refused".equals(cause.getMessage())) {
      return "connection refused";
    }
    if (cause != null && cause.getMessage() != null) {
      return cause.getMessage();
    }
    return description == null ? e.getStatus().getCode().toString() : description;
  }

  /** The client's end of the stream. */
  private static final class Exchange
      implements ClientResponseObserver<ExchangeOffersRequest, ExchangeOffersResponse> {
    private final OfferSession session;
    private final CompletableFuture<String> ended;
    private final AtomicReference<ClientCallStreamObserver<ExchangeOffersRequest>> stream =
        new AtomicReference<>();

    Exchange(OfferSession session, CompletableFuture<String> ended) {
      this.session = session;
      this.ended = ended;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ExchangeOffersRequest> requests) {
      stream.set(requests);
      session.open(
          requests,
          batch -> requests.onNext(ExchangeOffersRequest.newBuilder().addAllOffers(batch).build()));
      requests.setOnReadyHandler(session::send);
    }

    @Override
    public void onNext(ExchangeOffersResponse response) {
      String bad = session.receive(response.getOffersList());
      if (!bad.isEmpty() && session.close()) {
        ended.complete(bad);
        stream.get().cancel(bad, null);
      }
    }

    @Override
    public void onError(Throwable error) {
      ended.complete(
          error instanceof StatusRuntimeException e ? sentence(e) : "the connection broke");
    }

    @Override
    public void onCompleted() {
      ended.complete("the peer has ended the exchange");
    }
  }

  /** Notes the id that the server's certificate proves, and ends a later call to another node. */
  private record ProvenId(PeerConnections connections, AtomicReference<String> id)
      implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      ClientCall<A, B> call = next.newCall(method, options);
      return new SimpleForwardingClientCall<>(call) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  note(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
                  super.onHeaders(received);
                }
              },
              headers);
        }
      };
    }

    private void note(@org.jspecify.annotations.Nullable SSLSession session) {
      if (session == null) {
        throw Status.UNAUTHENTICATED.withDescription("no TLS").asRuntimeException();
      }
      try {
        String now = connections.tls().peerOf(session).text();
        if (!id.compareAndSet("", now) && !id.get().equals(now)) {
          throw Status.UNAUTHENTICATED
              .withDescription("another node answers at this address now")
              .asRuntimeException();
        }
      } catch (SSLPeerUnverifiedException e) {
        throw Status.UNAUTHENTICATED.withDescription(e.getMessage()).asRuntimeException();
      }
    }
  }
}
