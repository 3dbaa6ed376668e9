package org.gpumarket.ledger.signing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LogKey;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutConfirmation;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;

/**
 * One kind of signed message: how it is signed, and the only way to open one.
 *
 * <p>The signature covers "gpumarket/v1/" and the kind's name, a zero byte, and the payload, so
 * that a signature under one kind of message never counts for another. Immutable.
 */
public final class EnvelopeKind<T extends Message> {
  /** A payload with its signatures must fit a ledger entry of 65,535 bytes (C2SP tlog-tiles). */
  public static final int MAX_PAYLOAD_BYTES = 60_000;

  /**
   * Of kinds that hold nothing long: peers must not fill a disk with what they hide in fields that
   * nobody knows.
   */
  public static final int SMALL_PAYLOAD_BYTES = 4_096;

  public static final EnvelopeKind<Offer> OFFER =
      new EnvelopeKind<>("offer", Offer.parser(), MAX_PAYLOAD_BYTES);
  public static final EnvelopeKind<Quote> QUOTE =
      new EnvelopeKind<>("quote", Quote.parser(), MAX_PAYLOAD_BYTES);
  public static final EnvelopeKind<Lease> LEASE =
      new EnvelopeKind<>("lease", Lease.parser(), MAX_PAYLOAD_BYTES);
  public static final EnvelopeKind<LeaseExtension> LEASE_EXTENSION =
      new EnvelopeKind<>("lease-extension", LeaseExtension.parser(), SMALL_PAYLOAD_BYTES);
  public static final EnvelopeKind<Usage> USAGE =
      new EnvelopeKind<>("usage", Usage.parser(), SMALL_PAYLOAD_BYTES);
  public static final EnvelopeKind<Voucher> VOUCHER =
      new EnvelopeKind<>("voucher", Voucher.parser(), SMALL_PAYLOAD_BYTES);
  public static final EnvelopeKind<Payout> PAYOUT =
      new EnvelopeKind<>("payout", Payout.parser(), SMALL_PAYLOAD_BYTES);
  public static final EnvelopeKind<PayoutConfirmation> PAYOUT_CONFIRMATION =
      new EnvelopeKind<>("payout-confirmation", PayoutConfirmation.parser(), SMALL_PAYLOAD_BYTES);
  public static final EnvelopeKind<LogKey> LOG_KEY =
      new EnvelopeKind<>("log-key", LogKey.parser(), SMALL_PAYLOAD_BYTES);

  private static final String DOMAIN = "gpumarket/v1/";

  private final String name;
  private final byte[] prefix;
  private final Parser<T> parser;
  private final int maxPayloadBytes;

  private EnvelopeKind(String name, Parser<T> parser, int maxPayloadBytes) {
    this.name = name;
    this.prefix = (DOMAIN + name + "\0").getBytes(StandardCharsets.US_ASCII);
    this.parser = parser;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /**
   * Signs a message.
   *
   * @throws IllegalArgumentException when it is longer than its kind may be
   */
  public SignedEnvelope sign(SigningKey key, T message) {
    return signPayload(key, message.toByteString());
  }

  /** Signs the very bytes that somebody else has signed. */
  public SignedEnvelope countersign(SigningKey key, SignedEnvelope other) {
    return signPayload(key, other.getPayload());
  }

  /**
   * Checks an envelope and reads what is in it.
   *
   * @throws InvalidSignatureException with one sentence: another kind, too long, a key or signature
   *     that does not count, or bytes that are no such message
   */
  public Signed<T> open(SignedEnvelope envelope) throws InvalidSignatureException {
    PublicKey signer = check(envelope);
    return new Signed<>(parse(envelope), NodeId.of(signer), envelope);
  }

  /**
   * Checks an envelope's kind, length and signature without reading what is in it.
   *
   * @return who signed it
   * @throws InvalidSignatureException as {@link #open} does, but for the last case
   */
  public PublicKey check(SignedEnvelope envelope) throws InvalidSignatureException {
    requireKind(envelope);
    if (envelope.getPayload().size() > maxPayloadBytes) {
      throw new InvalidSignatureException(
          "a " + name + " has at most " + maxPayloadBytes + " bytes");
    }
    PublicKey signer = PublicKey.of(envelope.getSigner().toByteArray());
    if (!signer.verifies(
        signedBytes(envelope.getPayload()), envelope.getSignature().toByteArray())) {
      throw new InvalidSignatureException(
          "the signature under this " + name + " is not its signer's");
    }
    return signer;
  }

  /**
   * Reads an envelope and its signer where the signature was checked before.
   *
   * @throws InvalidSignatureException when it is of another kind, its bytes are no such message, or
   *     its signer's key is none
   */
  public Signed<T> reopen(SignedEnvelope envelope) throws InvalidSignatureException {
    PublicKey signer = PublicKey.of(envelope.getSigner().toByteArray());
    return new Signed<>(parse(envelope), NodeId.of(signer), envelope);
  }

  /**
   * Reads what an envelope claims, without the cost of checking its signature or key: enough to
   * turn something away, never to believe it.
   *
   * @throws InvalidSignatureException when it is of another kind, its bytes are no such message, or
   *     its signer's key has a wrong length
   */
  public Claim<T> claim(SignedEnvelope envelope) throws InvalidSignatureException {
    if (envelope.getSigner().size() != PublicKey.BYTES) {
      throw new InvalidSignatureException(
          "a public key has " + PublicKey.BYTES + " bytes, not " + envelope.getSigner().size());
    }
    return new Claim<>(parse(envelope), NodeId.text(envelope.getSigner().toByteArray()));
  }

  /**
   * Reads an envelope whose signature was checked before it was stored.
   *
   * @throws InvalidSignatureException when it is of another kind or its bytes are no such message
   */
  public T parse(SignedEnvelope envelope) throws InvalidSignatureException {
    requireKind(envelope);
    try {
      return parser.parseFrom(envelope.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidSignatureException("these bytes are not a " + name + ": " + e.getMessage());
    }
  }

  /** The name on the wire. */
  public String wireName() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }

  private void requireKind(SignedEnvelope envelope) throws InvalidSignatureException {
    if (!envelope.getKind().equals(name)) {
      throw new InvalidSignatureException("this envelope does not hold a " + name);
    }
  }

  private SignedEnvelope signPayload(SigningKey key, ByteString payload) {
    if (payload.size() > maxPayloadBytes) {
      throw new IllegalArgumentException(
          "a " + name + " has at most " + maxPayloadBytes + " bytes, this has " + payload.size());
    }
    return SignedEnvelope.newBuilder()
        .setKind(name)
        .setPayload(payload)
        .setSigner(ByteString.copyFrom(key.publicKey().bytes()))
        .setSignature(ByteString.copyFrom(key.sign(signedBytes(payload))))
        .build();
  }

  private byte[] signedBytes(ByteString payload) {
    byte[] bytes = Arrays.copyOf(prefix, prefix.length + payload.size());
    payload.copyTo(bytes, prefix.length);
    return bytes;
  }
}
