package org.gpumarket.node.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows the node's certificate of the day, and has a new one issued at half its life. */
final class NodeKeyManager extends X509ExtendedKeyManager {
  private static final String ALIAS = "node";

  private final Supplier<NodeCertificate> issuer;
  private final InstantSource clock;
  private NodeCertificate current;
  private @Nullable NodeCertificate before;

  NodeKeyManager(Supplier<NodeCertificate> issuer, InstantSource clock) {
    this.issuer = issuer;
    this.clock = clock;
    this.current = issuer.get();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return new X509Certificate[] {of(alias).certificate()};
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return of(alias).key();
  }

  /** The alias names the certificate, so that a handshake under way never mixes two. */
  private synchronized NodeCertificate of(String alias) {
    NodeCertificate old = before;
    return old != null && alias.equals(alias(old)) ? old : current;
  }

  private synchronized String newest() {
    if (current.worn(clock.instant())) {
      before = current;
      current = issuer.get();
    }
    return alias(current);
  }

  private static String alias(NodeCertificate certificate) {
    return ALIAS + certificate.certificate().getSerialNumber();
  }

  @Override
  public String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return newest();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return keyType.startsWith("EC") ? newest() : null;
  }

  @Override
  public String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return newest();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return keyType.startsWith("EC") ? newest() : null;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {newest()};
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {newest()};
  }
}
