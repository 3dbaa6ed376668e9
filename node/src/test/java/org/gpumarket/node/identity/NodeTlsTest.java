package org.gpumarket.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.gpumarket.ledger.signing.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTlsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  private final SigningKey key = SigningKey.generate(new SecureRandom());
  @TempDir Path folder;

  @Test
  void aCertificateProvesItsNode() throws Exception {
    assertThat(NodeCertificate.nodeIdOf(NodeCertificate.issue(key, NOW).certificate(), NOW))
        .isEqualTo(key.nodeId());
  }

  @Test
  void aCertificateCountsForAWeekAndAFewMinutesOfSkew() throws Exception {
    var certificate = NodeCertificate.issue(key, NOW).certificate();

    NodeCertificate.nodeIdOf(certificate, NOW.plus(Duration.ofDays(7)).plusSeconds(200));
    assertThatThrownBy(
            () ->
                NodeCertificate.nodeIdOf(certificate, NOW.plus(Duration.ofDays(7).plusMinutes(6))))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("out of date");
  }

  @Test
  void aCertificateOfAnotherKindNamesNobody() throws Exception {
    // The JDK's own root certificates are proper X.509 and bind no node.
    java.security.KeyStore roots =
        java.security.KeyStore.getInstance(
            Path.of(System.getProperty("java.home"), "lib", "security", "cacerts").toFile(),
            (char[]) null);
    var root =
        (java.security.cert.X509Certificate) roots.getCertificate(roots.aliases().nextElement());

    assertThatThrownBy(() -> NodeCertificate.nodeIdOf(root, root.getNotBefore().toInstant()))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void certificatesAreIssuedAnewAtHalfTheirLife() {
    Instant[] now = {NOW};
    InstantSource clock = () -> now[0];
    NodeKeyManager keys =
        new NodeKeyManager(() -> NodeCertificate.issue(key, clock.instant()), clock);
    String first = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);
    now[0] = NOW.plus(Duration.ofDays(4));
    String second = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);

    assertThat(second).isNotEqualTo(first);
    assertThat(keys.getCertificateChain(first)).isNotEqualTo(keys.getCertificateChain(second));
  }

  @Test
  void theKeyIsMadeOnceAndItsOwnersAlone() throws Exception {
    Path file = folder.resolve("node.key");

    SigningKey made = KeyFile.loadOrCreate(file, Optional.empty());

    assertThat(KeyFile.loadOrCreate(file, Optional.empty()).nodeId()).isEqualTo(made.nodeId());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void nodesThatStartAtOnceGetOneKeyAndItStays() throws Exception {
    Path file = folder.resolve("node.key");
    CyclicBarrier together = new CyclicBarrier(8);
    List<Future<SigningKey>> made;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      made =
          threads.invokeAll(
              Collections.nCopies(
                  8,
                  () -> {
                    together.await();
                    return KeyFile.loadOrCreate(file, Optional.empty());
                  }));
    }

    SigningKey kept = KeyFile.loadOrCreate(file, Optional.empty());
    for (Future<SigningKey> each : made) {
      assertThat(each.get().nodeId()).isEqualTo(kept.nodeId());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aSealedKeyNeedsItsPassphrase() throws Exception {
    Path file = folder.resolve("node.key");
    Optional<char[]> right = Optional.of("right".toCharArray());
    SigningKey made = KeyFile.loadOrCreate(file, right);

    assertThat(KeyFile.loadOrCreate(file, right).nodeId()).isEqualTo(made.nodeId());
    assertThatThrownBy(() -> KeyFile.loadOrCreate(file, Optional.of("wrong".toCharArray())))
        .hasMessageContaining("passphrase does not open");
    assertThatThrownBy(() -> KeyFile.loadOrCreate(file, Optional.empty()))
        .hasMessageContaining("a passphrase is needed");
  }

  @Test
  void whatIsNoKeyIsRefusedInASentence() throws Exception {
    Path file = folder.resolve("node.key");
    for (String text :
        new String[] {"", "hello\n", "gpumarket-key-v1\n!!\n", "gpumarket-key-v1\nAAAA\n"}) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> KeyFile.loadOrCreate(file, Optional.empty()))
          .isInstanceOf(java.io.IOException.class)
          .hasMessageContaining("node.key");
    }
  }
}
