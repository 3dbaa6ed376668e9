package org.gpumarket.node.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.gpumarket.ledger.signing.NodeId;

/** Trusts whoever proves a node id, or only the one expected. */
final class NodeTrustManager extends X509ExtendedTrustManager {
  private final InstantSource clock;
  private final Optional<NodeId> expected;

  NodeTrustManager(InstantSource clock, Optional<NodeId> expected) {
    this.clock = clock;
    this.expected = expected;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("a node shows one certificate, not " + chain.length);
    }
    NodeId proven = NodeCertificate.nodeIdOf(chain[0], clock.instant());
    if (expected.isPresent() && !expected.get().equals(proven)) {
      throw new CertificateException(
          "node "
              + expected.get().abbreviated()
              + " was expected, "
              + proven.abbreviated()
              + " answers");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
