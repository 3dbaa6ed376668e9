package org.gpumarket.ledger.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.Test;

class SigningTest {
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);

  @Test
  void signaturesAreThoseOfRfc8032() {
    SigningKey key =
        SigningKey.fromSeed(
            HexFormat.of()
                .parseHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));

    assertThat(HexFormat.of().formatHex(key.publicKey().bytes()))
        .isEqualTo("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    assertThat(HexFormat.of().formatHex(key.sign(new byte[] {(byte) 0xaf, (byte) 0x82})))
        .isEqualTo(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  }

  @Test
  void anEnvelopeOpensAsWhatWasSigned() throws Exception {
    Offer offer = Offer.newBuilder().setOfferId("a").build();

    Signed<Offer> opened = EnvelopeKind.OFFER.open(EnvelopeKind.OFFER.sign(KEY, offer));

    assertThat(opened.message()).isEqualTo(offer);
    assertThat(opened.signer()).isEqualTo(KEY.nodeId());
  }

  @Test
  void aClaimIsReadFromAnEnvelopeThatNobodySigned() throws Exception {
    Offer offer = Offer.newBuilder().setOfferId("a").build();
    SignedEnvelope unsigned =
        EnvelopeKind.OFFER.sign(KEY, offer).toBuilder().clearSignature().build();

    assertThat(EnvelopeKind.OFFER.claim(unsigned))
        .isEqualTo(new Claim<>(offer, KEY.nodeId().text()));
    assertThatThrownBy(() -> EnvelopeKind.OFFER.open(unsigned))
        .isInstanceOf(InvalidSignatureException.class);
    assertThatThrownBy(() -> EnvelopeKind.OFFER.claim(unsigned.toBuilder().clearSigner().build()))
        .hasMessageContaining("32 bytes");
  }

  @Test
  void aSignatureUnderOneKindCountsForNoOther() {
    SignedEnvelope offer = EnvelopeKind.OFFER.sign(KEY, Offer.getDefaultInstance());

    assertThatThrownBy(() -> EnvelopeKind.QUOTE.open(offer.toBuilder().setKind("quote").build()))
        .isInstanceOf(InvalidSignatureException.class)
        .hasMessageContaining("signature");
  }

  @Test
  void aNodeIdIsItsKey() {
    assertThat(NodeId.parse(KEY.nodeId().text()).publicKey()).isEqualTo(KEY.publicKey());
    assertThat(KEY.nodeId().text()).hasSize(53).startsWith("n").isLowerCase();
  }

  @Test
  void whatIsNoNodeIdIsRefusedInASentence() {
    assertThatThrownBy(() -> NodeId.parse("n123"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n123");
    assertThatThrownBy(() -> NodeId.parse("n" + "7".repeat(52)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pointsOfSmallOrderAreNobodysKey() {
    for (String small :
        new String[] {
          "0100000000000000000000000000000000000000000000000000000000000000",
          "0000000000000000000000000000000000000000000000000000000000000000",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        }) {
      assertThatThrownBy(() -> PublicKey.of(HexFormat.of().parseHex(small)))
          .as(small)
          .isInstanceOf(InvalidSignatureException.class);
    }
  }

  @Test
  void aSignatureWithARaisedScalarIsRefusedThoughTheEquationHolds() {
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] signature = KEY.sign(new byte[] {1});
    byte[] raised =
        littleEndian(fromLittleEndian(Arrays.copyOfRange(signature, 32, 64)).add(order));
    byte[] forged = Arrays.copyOf(signature, 64);
    System.arraycopy(raised, 0, forged, 32, 32);

    assertThat(KEY.publicKey().verifies(new byte[] {1}, signature)).isTrue();
    assertThat(KEY.publicKey().verifies(new byte[] {1}, forged)).isFalse();
  }

  @Property(tries = 50)
  void oneFlippedBitAnywhereIsNoticed(
      @ForAll @Size(max = 40) byte[] message, @ForAll @IntRange(max = 511) int bit) {
    byte[] signature = KEY.sign(message);
    signature[bit / 8] ^= (byte) (1 << (bit % 8));

    assertThat(KEY.publicKey().verifies(message, signature)).isFalse();
  }

  @Property(tries = 300)
  void whatIsAcceptedHereTheJdkAcceptsToo(
      @ForAll @Size(32) byte[] point, @ForAll @Size(64) byte[] noise) throws Exception {
    byte[] message = {7};
    byte[] signature = KEY.sign(message);
    byte[][] candidates = {signature, noise, splice(point, signature), splice(signature, noise)};
    for (byte[] candidate : candidates) {
      if (KEY.publicKey().verifies(message, candidate)) {
        assertThat(jdkVerifies(KEY.publicKey().bytes(), message, candidate)).isTrue();
      }
    }
  }

  @Property
  void base32ComesBackAsItWent(@ForAll @Size(max = 40) byte[] bytes) {
    assertThat(Base32.decode(Base32.encode(bytes))).isEqualTo(bytes);
  }

  @Test
  void randomIdsAreIds() {
    assertThat(Base32.isId(Base32.randomId(new SecureRandom()))).isTrue();
    assertThat(Base32.isId("x")).isFalse();
  }

  private static byte[] splice(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, 64);
    System.arraycopy(second, 32, both, 32, 32);
    return both;
  }

  private static boolean jdkVerifies(byte[] key, byte[] message, byte[] signature)
      throws Exception {
    byte[] y = key.clone();
    boolean odd = (y[31] & 0x80) != 0;
    y[31] &= 0x7f;
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new EdECPublicKeySpec(
                    NamedParameterSpec.ED25519, new EdECPoint(odd, fromLittleEndian(y)))));
    verifier.update(message);
    return verifier.verify(signature);
  }

  private static BigInteger fromLittleEndian(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  private static byte[] littleEndian(BigInteger value) {
    byte[] big = value.toByteArray();
    byte[] little = new byte[32];
    for (int i = 0; i < Math.min(32, big.length); i++) {
      little[i] = big[big.length - 1 - i];
    }
    return little;
  }
}
