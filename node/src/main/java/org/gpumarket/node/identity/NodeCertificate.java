package org.gpumarket.node.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * A short-lived certificate over a P-256 key of its own, self-signed, with an extension in which
 * the node's Ed25519 key signs that P-256 key: the scheme of libp2p's TLS handshake under our own
 * names.
 *
 * @param certificate what is shown in the handshake
 * @param key its private key
 */
record NodeCertificate(X509Certificate certificate, PrivateKey key) {
  /** Made once from a random UUID (ITU-T X.667), so it is nobody else's. */
  private static final ASN1ObjectIdentifier BINDING =
      new ASN1ObjectIdentifier("2.25.183641974629305812470918274655912340");

  private static final byte[] DOMAIN = "gpumarket/v1/tls\0".getBytes(StandardCharsets.US_ASCII);

  static final Duration LIFETIME = Duration.ofDays(7);

  /** Peers' clocks may be behind ours. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  /** How far clocks may differ. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final int SIGNATURE_BYTES = 64;

  static NodeCertificate issue(SigningKey identity, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X500Name name = new X500Name("CN=gpumarket");
      byte[] binding =
          concat(
              identity.publicKey().bytes(),
              identity.sign(concat(DOMAIN, pair.getPublic().getEncoded())));
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(LIFETIME)),
              name,
              pair.getPublic());
      builder.addExtension(BINDING, false, new DEROctetString(binding));
      return new NodeCertificate(
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))),
          pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("every Java has P-256", e);
    }
  }

  /**
   * Whose certificate it is.
   *
   * @throws CertificateException with one sentence when it proves nobody's id or is out of date
   */
  static NodeId nodeIdOf(X509Certificate certificate, Instant now) throws CertificateException {
    if (now.plus(SKEW).isBefore(certificate.getNotBefore().toInstant())
        || now.minus(SKEW).isAfter(certificate.getNotAfter().toInstant())) {
      throw new CertificateException("the peer's certificate is out of date");
    }
    try {
      certificate.verify(certificate.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the peer's certificate is not signed by itself", e);
    }
    byte[] extension = certificate.getExtensionValue(BINDING.getId());
    if (extension == null) {
      throw new CertificateException("the peer's certificate names no node");
    }
    try {
      byte[] outer = ASN1OctetString.getInstance(extension).getOctets();
      byte[] binding = ASN1OctetString.getInstance(outer).getOctets();
      if (binding.length != PublicKey.BYTES + SIGNATURE_BYTES) {
        throw new CertificateException("the peer's certificate binds no node's key");
      }
      PublicKey key = PublicKey.of(Arrays.copyOf(binding, PublicKey.BYTES));
      byte[] signature = Arrays.copyOfRange(binding, PublicKey.BYTES, binding.length);
      if (!key.verifies(concat(DOMAIN, certificate.getPublicKey().getEncoded()), signature)) {
        throw new CertificateException("the peer's certificate is not signed by the node it names");
      }
      return NodeId.of(key);
    } catch (InvalidSignatureException | IllegalArgumentException e) {
      throw new CertificateException("the peer's certificate names no node: " + e.getMessage(), e);
    }
  }

  boolean worn(Instant now) {
    return now.plus(LIFETIME.dividedBy(2)).isAfter(certificate.getNotAfter().toInstant());
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
