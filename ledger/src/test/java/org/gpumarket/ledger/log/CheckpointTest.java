package org.gpumarket.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.signing.SigningKey;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);
  private static final NoteKey NAMED = new NoteKey("example.org/log", KEY.publicKey());
  private static final Checkpoint HEAD =
      new Checkpoint("example.org/log", 7, ByteString.copyFrom(Hashes.empty()));

  @Test
  void aSignedCheckpointOpensAsItWas() throws Exception {
    assertThat(Checkpoint.open(HEAD.sign(KEY, NAMED), NAMED)).isEqualTo(HEAD);
  }

  @Test
  void theNoteHasTheLinesOfC2sp() {
    assertThat(HEAD.sign(KEY, NAMED))
        .startsWith(
            "example.org/log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— example.org/log ")
        .endsWith("\n");
  }

  /** The example in the documentation of Go's golang.org/x/mod/sumdb/note. */
  @Test
  void aVerifierKeyIsTheOneThatOtherToolsRead() throws Exception {
    byte[] typed = Base64.getDecoder().decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    PublicKey key = PublicKey.of(Arrays.copyOfRange(typed, 1, typed.length));

    assertThat(new NoteKey("PeterNeumann", key).verifierKey())
        .isEqualTo("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  }

  @Test
  void anotherKeysSignatureDoesNotCount() {
    byte[] seed = new byte[32];
    seed[0] = 1;
    NoteKey other = new NoteKey("example.org/log", SigningKey.fromSeed(seed).publicKey());

    assertThatThrownBy(() -> Checkpoint.open(HEAD.sign(KEY, NAMED), other))
        .isInstanceOf(InvalidSignatureException.class)
        .hasMessageContaining("not signed by");
  }

  @Property
  void anythingElseIsRefusedInASentence(@ForAll String text) {
    assertThatThrownBy(() -> Checkpoint.open(text, NAMED))
        .isInstanceOf(InvalidSignatureException.class);
  }
}
