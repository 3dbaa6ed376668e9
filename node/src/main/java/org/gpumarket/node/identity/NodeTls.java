package org.gpumarket.node.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * This node's side of TLS 1.3: both ends show certificates, and a handshake proves the peer's node
 * id. No authority is asked and no name is looked up. Safe for use by several threads; certificates
 * are issued anew while the contexts are in use.
 */
public final class NodeTls {
  private final SigningKey identity;
  private final InstantSource clock;
  private final NodeKeyManager keys;

  public NodeTls(SigningKey identity, InstantSource clock) {
    this.identity = identity;
    this.clock = clock;
    this.keys = new NodeKeyManager(this::issue, clock);
  }

  public NodeId nodeId() {
    return identity.nodeId();
  }

  /** For a server: every client must prove who it is. */
  public SslContext serverContext() throws SSLException {
    return configure(
        SslContextBuilder.forServer(keys)
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(new NodeTrustManager(clock, Optional.empty())));
  }

  /**
   * For a client.
   *
   * @param expected the only node that the server may prove to be; empty for any
   */
  public SslContext clientContext(Optional<NodeId> expected) throws SSLException {
    return configure(
        SslContextBuilder.forClient()
            .keyManager(keys)
            .trustManager(new NodeTrustManager(clock, expected)));
  }

  /**
   * Who the other side of a handshake proved to be.
   *
   * @throws SSLPeerUnverifiedException when it proved nothing
   */
  public NodeId peerOf(SSLSession session) throws SSLPeerUnverifiedException {
    Certificate[] chain = session.getPeerCertificates();
    if (chain.length != 1 || !(chain[0] instanceof X509Certificate certificate)) {
      throw new SSLPeerUnverifiedException("a node shows one certificate");
    }
    try {
      return NodeCertificate.nodeIdOf(certificate, clock.instant());
    } catch (CertificateException e) {
      throw new SSLPeerUnverifiedException(e.getMessage());
    }
  }

  private NodeCertificate issue() {
    return NodeCertificate.issue(identity, clock.instant());
  }

  private static SslContext configure(SslContextBuilder builder) throws SSLException {
    return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols("TLSv1.3").build();
  }
}
