package org.gpumarket.node.peer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.identity.NodeTls;

/** The node at the other end of the call that is being answered: the handshake proved its id. */
public final class RemotePeer {
  private static final Context.Key<NodeId> KEY = Context.key("gpumarket-peer");

  private RemotePeer() {}

  /**
   * Who calls.
   *
   * @throws IllegalStateException outside a call from a peer
   */
  public static NodeId current() {
    NodeId peer = KEY.get();
    if (peer == null) {
      throw new IllegalStateException("no peer is calling");
    }
    return peer;
  }

  /** Puts the proven id into the context of every call. */
  static ServerInterceptor interceptor(NodeTls tls) {
    return new ServerInterceptor() {
      @Override
      public <A, B> ServerCall.Listener<A> interceptCall(
          ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
          if (session != null) {
            Context context = Context.current().withValue(KEY, tls.peerOf(session));
            return Contexts.interceptCall(context, call, headers, next);
          }
        } catch (SSLPeerUnverifiedException _) {
          // Answered below, as a call without a session is.
        }
        call.close(Status.UNAUTHENTICATED.withDescription("who are you?"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
    };
  }
}
