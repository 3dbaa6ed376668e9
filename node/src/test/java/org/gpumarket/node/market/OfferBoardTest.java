package org.gpumarket.node.market;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.matcher.IndexedOrderBook;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.node.peer.AddressPolicy;
import org.gpumarket.node.peer.OfferExchange.Known;
import org.gpumarket.node.peer.OfferExchange.Verdict;
import org.gpumarket.v1.GpuModel;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Tier;
import org.junit.jupiter.api.Test;

class OfferBoardTest {
  private static final long NOW = 1_800_000_000_000L;

  private final SigningKey provider = SigningKey.generate(new SecureRandom());
  private final MovableClock clock = new MovableClock(NOW);
  private final OfferBoard board =
      new OfferBoard(new IndexedOrderBook(1), AddressPolicy.like(List.of()), clock);

  @Test
  void anHonestOfferIsTakenOnceAndRenewedByAHigherNumber() {
    SignedEnvelope first = sign(offer().build());

    assertThat(board.take(first)).isInstanceOf(Verdict.Taken.class);
    assertThat(board.take(first)).isEqualTo(new Verdict.Ignored("known"));
    assertThat(board.take(sign(offer().setSequence(2).build()))).isInstanceOf(Verdict.Taken.class);
    assertThat(board.take(first)).isInstanceOf(Verdict.Ignored.class);
    assertThat(board.addressesOf(provider.nodeId())).containsExactly("8.8.8.8:7733");
  }

  @Test
  void aWithdrawnOfferIsGoneAndALateCopyDoesNotBringItBack() {
    SignedEnvelope first = sign(offer().build());
    var _ = board.take(first);

    assertThat(board.take(sign(offer().setSequence(2).setWithdrawn(true).build())))
        .isInstanceOf(Verdict.Taken.class);
    assertThat(board.size()).isZero();
    assertThat(board.take(first)).isInstanceOf(Verdict.Ignored.class);
    assertThat(board.envelope(new OfferKey(provider.nodeId().text(), "o"))).isEmpty();
  }

  @Test
  void whatNoHonestPeerSendsIsRefusedWithTheReason() {
    refused(
        offer().setIssueTimeUnixMs(NOW + 301_000).setExpireTimeUnixMs(NOW + 400_000),
        "from the future");
    refused(offer().setExpireTimeUnixMs(NOW + 3_700_000), "within an hour");
    refused(
        offer().setGpu(GpuModel.newBuilder().setModel("x").setDisplayName("x".repeat(5_000))),
        "more than 4096 bytes");
    refused(offer().setOfferId("No Name"), "proper name");
    refused(offer().setSequence(0), "without a number");
    refused(offer().setRegion("Germany"), "a region is");
    refused(offer().setGpuCount(0), "cannot have");
    refused(offer().setGpuAvailable(3), "cannot have");
    refused(offer().setGpuCount(5_000), "more than 1024 GPUs");
    refused(
        offer().setPrice(Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(-1)),
        "price");
    refused(
        offer().setPrice(Price.newBuilder().setCurrencyCode("coin").setMicrosPerGpuHour(1)),
        "currency");
    refused(offer().addAddresses("nowhere"), "host:port");
    refused(offer().addAddresses("8.8.8.8:0"), "port 0");
    refused(offer().clearAddresses(), "without an address");
    refused(offer().setMaxDurationMs(Long.MAX_VALUE), "longest lease");
    refused(offer().clearMaxDurationMs(), "longest lease");
    refused(
        offer().clearRuntimes().addRuntimes(RuntimeKind.RUNTIME_KIND_UNSPECIFIED),
        "without a runtime");
    refused(
        offer().setIssueTimeUnixMs(NOW - 900_000).setExpireTimeUnixMs(NOW - 300_000),
        "expired long ago");
    refused(offer().clearRuntimes(), "without a runtime");
    refused(offer().setGpu(GpuModel.newBuilder().setModel("x").setTierValue(77)), "tier");
    refused(
        offer().setGpu(GpuModel.newBuilder().setModel("A B").setTier(Tier.TIER_LOW_1)),
        "short name");
    refused(offer().setMinDurationMs(10).setMaxDurationMs(5), "shorter than its shortest");
  }

  @Test
  void aSignatureOfSomebodyElseIsRefused() {
    SignedEnvelope honest = sign(offer().build());
    SignedEnvelope forged =
        honest.toBuilder().setPayload(offer().setRegion("na-us").build().toByteString()).build();

    assertThat(board.take(forged)).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void privateAddressesAndExpiredOffersAreIgnored() {
    assertThat(board.take(sign(offer().clearAddresses().addAddresses("192.168.1.4:7733").build())))
        .isEqualTo(new Verdict.Ignored("its provider cannot be reached from here"));
    assertThat(
            board.take(
                sign(offer().setIssueTimeUnixMs(NOW - 60_000).setExpireTimeUnixMs(NOW).build())))
        .isEqualTo(new Verdict.Ignored("expired"));
  }

  @Test
  void aPrivateAddressBesideAPublicOneHidesNoOffer() {
    assertThat(board.take(sign(offer().addAddresses("192.168.1.4:7733").build())))
        .isInstanceOf(Verdict.Taken.class);
    assertThat(board.newest(key("o"))).isPresent();
  }

  @Test
  void whyNoOfferOfOthersStandsIsSaid() {
    assertThat(board.whyEmpty()).isEqualTo("this node has heard of no provider yet");
    var _ = board.takeOwn(sign(offer().setOfferId("own").build()));
    assertThat(board.whyEmpty()).isEqualTo("this node has heard of no provider yet");

    var _ = board.take(sign(offer().build()));
    assertThat(board.whyEmpty()).contains("has expired");
    var _ = board.take(sign(offer().setSequence(2).setWithdrawn(true).build()));
    assertThat(board.whyEmpty()).isEqualTo("the last provider withdrew its offers");
  }

  @Test
  void whatIsLeftOutForItsAddressIsSaidUntilItExpiresOrIsTaken() {
    Offer.Builder lan = offer().clearAddresses().addAddresses("192.168.1.4:7733");
    SignedEnvelope forged = sign(lan.build()).toBuilder().clearSignature().build();
    assertThat(board.take(forged)).isInstanceOf(Verdict.Refused.class);
    assertThat(board.leftOut()).isEmpty();

    var _ = board.take(sign(lan.build()));
    assertThat(board.leftOut())
        .hasValueSatisfying(
            said ->
                assertThat(said)
                    .startsWith("1 offer is left out: its address 192.168.1.4:7733 is of a network")
                    .endsWith("--bootstrap 192.168.1.4:7733"));

    var _ = board.take(sign(offer().setSequence(2).build()));
    assertThat(board.leftOut()).isEmpty();

    for (int i = 0; i <= UnreachableOffers.MAX_KEPT; i++) {
      var _ = board.take(sign(lan.setOfferId("o" + i).build()));
    }
    assertThat(board.leftOut().orElseThrow()).startsWith(UnreachableOffers.MAX_KEPT + " offers");
    clock.advance(Duration.ofMinutes(10));
    assertThat(board.leftOut()).isEmpty();
  }

  @Test
  void anOfferForRuntimesOfALaterVersionIsNoFaultOfWhoPassesItOn() {
    assertThat(board.take(sign(offer().clearRuntimes().addRuntimesValue(77).build())))
        .isInstanceOfSatisfying(
            Verdict.Ignored.class, ignored -> assertThat(ignored.why()).contains("only in ways"));
    assertThat(board.size()).isZero();
  }

  @Test
  void whatIsNoNewsCostsNoSignature() {
    SignedEnvelope second = sign(offer().setSequence(2).build());
    var _ = board.take(second);
    SignedEnvelope unsigned = sign(offer().build()).toBuilder().clearSignature().build();

    assertThat(board.take(unsigned)).isEqualTo(new Verdict.Ignored("not newer than what is known"));
    assertThat(
            board.take(
                sign(offer().setIssueTimeUnixMs(NOW - 60_000).setExpireTimeUnixMs(NOW).build())
                    .toBuilder()
                    .clearSignature()
                    .build()))
        .isEqualTo(new Verdict.Ignored("expired"));
    assertThat(
            board.take(sign(offer().setSequence(3).build()).toBuilder().clearSignature().build()))
        .isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void anEnvelopeMayHoldNothingBesideItsOffer() {
    SignedEnvelope padded =
        sign(offer().build()).toBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        99,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFrom(new byte[5_000]))
                            .build())
                    .build())
            .build();

    assertThat(board.take(padded)).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void aWithdrawalOfWhatWasNeverHereIsUselessAndStillKeepsTheOfferOut() {
    assertThat(board.take(sign(offer().setSequence(2).setWithdrawn(true).build())))
        .isInstanceOf(Verdict.Useless.class);
    assertThat(board.take(sign(offer().build()))).isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void aWithdrawalIsPassedOnUntilItExpires() {
    var _ = board.take(sign(offer().build()));
    SignedEnvelope end = sign(offer().setSequence(2).setWithdrawn(true).build());
    var _ = board.take(end);

    assertThat(board.newest(key("o"))).contains(end);
    assertThat(board.after(Optional.empty(), 10)).extracting(Known::envelope).containsExactly(end);
    clock.advance(Duration.ofMinutes(10));
    assertThat(board.newest(key("o"))).isEmpty();
    assertThat(board.after(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void theBoardIsToldInPartsInTheOrderOfTheNames() {
    for (String name : List.of("b", "d", "a", "c")) {
      var _ = board.take(sign(offer().setOfferId(name).build()));
    }

    assertThat(board.after(Optional.empty(), 3))
        .extracting(Known::name)
        .containsExactly(key("a"), key("b"), key("c"));
    assertThat(board.after(Optional.of(key("c")), 3))
        .extracting(Known::name)
        .containsExactly(key("d"));
  }

  @Test
  void aFullBoardTakesNoNewOffersButRenewalsAndItsOwn() {
    OfferBoard small =
        new OfferBoard(new IndexedOrderBook(1), AddressPolicy.like(List.of()), clock, 2);
    var _ = small.take(sign(offer().setOfferId("a").build()));
    var _ = small.take(sign(offer().setOfferId("b").build()));

    assertThat(small.take(sign(offer().setOfferId("c").build())))
        .isEqualTo(new Verdict.Ignored("too many offers already"));
    assertThat(small.take(sign(offer().setOfferId("a").setSequence(2).build())))
        .isInstanceOf(Verdict.Taken.class);
    assertThat(small.takeOwn(sign(offer().setOfferId("c").build())))
        .isInstanceOf(Verdict.Taken.class);
    clock.advance(Duration.ofMinutes(10));
    small.expire();
    assertThat(small.size()).isZero();
    assertThat(small.take(sign(later().setOfferId("d").build()))).isInstanceOf(Verdict.Taken.class);
  }

  @Test
  void withdrawnNamesCountAmongTheProvidersUntilTheyExpire() {
    for (int i = 0; i < OfferBoard.MAX_OFFERS_OF_A_PROVIDER; i++) {
      var _ = board.take(sign(offer().setOfferId("o" + i).build()));
      var _ =
          board.take(sign(offer().setOfferId("o" + i).setSequence(2).setWithdrawn(true).build()));
    }

    assertThat(board.take(sign(offer().setOfferId("more").build())))
        .isEqualTo(new Verdict.Ignored("too many offers already"));
    clock.advance(Duration.ofMinutes(10));
    board.expire();
    assertThat(board.take(sign(later().setOfferId("more").build())))
        .isInstanceOf(Verdict.Taken.class);
  }

  @Test
  void anOwnOfferStandsWhereverItsOwnerLives() {
    SignedEnvelope atHome = sign(offer().clearAddresses().addAddresses("192.168.1.4:7733").build());

    assertThat(board.takeOwn(atHome)).isInstanceOf(Verdict.Taken.class);
    assertThat(board.size()).isEqualTo(1);
  }

  @Test
  void aProviderHasAtMostSixtyFourOffers() {
    for (int i = 0; i < OfferBoard.MAX_OFFERS_OF_A_PROVIDER; i++) {
      assertThat(board.take(sign(offer().setOfferId("o" + i).build())))
          .isInstanceOf(Verdict.Taken.class);
    }
    assertThat(board.take(sign(offer().setOfferId("more").build())))
        .isEqualTo(new Verdict.Ignored("too many offers already"));
  }

  @Property(tries = 300)
  void randomBytesAreRefusedAndNothingElseHappens(
      @ForAll @Size(max = 200) byte[] payload,
      @ForAll @Size(max = 70) byte[] signer,
      @ForAll @Size(max = 70) byte[] signature) {
    SignedEnvelope noise =
        SignedEnvelope.newBuilder()
            .setKind("offer")
            .setPayload(ByteString.copyFrom(payload))
            .setSigner(ByteString.copyFrom(signer))
            .setSignature(ByteString.copyFrom(signature))
            .build();

    assertThat(board.take(noise)).isInstanceOf(Verdict.Refused.class);
    assertThat(board.size()).isZero();
  }

  private void refused(Offer.Builder offer, String why) {
    assertThat(board.take(sign(offer.build())))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.why()).contains(why));
    assertThat(board.size()).isZero();
  }

  private OfferKey key(String name) {
    return new OfferKey(provider.nodeId().text(), name);
  }

  private Offer.Builder later() {
    long now = clock.millis();
    return offer().setIssueTimeUnixMs(now).setExpireTimeUnixMs(now + 600_000);
  }

  private SignedEnvelope sign(Offer offer) {
    return EnvelopeKind.OFFER.sign(provider, offer);
  }

  private static Offer.Builder offer() {
    return SampleOffer.terms("o", 300_000).toBuilder()
        .setSequence(1)
        .setIssueTimeUnixMs(NOW)
        .setExpireTimeUnixMs(NOW + 600_000);
  }
}
