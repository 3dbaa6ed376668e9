package org.gpumarket.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.CallStreamObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.Test;

class OfferSessionTest {
  private final Shelf shelf = new Shelf();
  private final AtomicLong nanos = new AtomicLong();
  private final Wire wire = new Wire();
  private final OfferSession session = new OfferSession(shelf, nanos::get);

  @Test
  void everythingKnownIsSentInMessagesOfTwoHundredAndFiftySix() {
    shelf.put(600);
    connect();

    assertThat(wire.sizes).containsExactly(256, 256, 88);
    assertThat(wire.sent).doesNotHaveDuplicates().hasSize(600);
  }

  @Test
  void aWithdrawalIsNeverHeardBeforeTheOfferThatItEnds() {
    connect();
    shelf.put("o", "offer");
    shelf.put("o", "withdrawal");

    session.changed(name("o"));
    session.changed(name("o"));

    assertThat(wire.texts()).containsOnly("withdrawal");
  }

  @Test
  void aSlowPeerGetsTheNewestVersionsOnly() {
    connect();
    wire.ready = false;
    for (int version = 1; version <= 100; version++) {
      shelf.put("o", "version " + version);
      session.changed(name("o"));
    }
    shelf.put("gone", "short-lived");
    session.changed(name("gone"));
    shelf.remove("gone");
    wire.ready = true;
    session.send();

    assertThat(wire.texts()).containsExactly("version 100");
  }

  @Test
  void aPeerThatFallsFarBehindIsWalkedOverEverythingAgain() {
    connect();
    wire.ready = false;
    for (OfferKey name : shelf.put(OfferSession.MAX_WAITING + 500)) {
      session.changed(name);
    }
    wire.ready = true;
    session.send();

    assertThat(wire.sent).doesNotHaveDuplicates().hasSize(OfferSession.MAX_WAITING + 500);
  }

  @Test
  void changesDuringTheWalkAreSentOnceItHasPassedThem() {
    shelf.put(300);
    wire.messages = 1;
    connect();
    assertThat(wire.sent).hasSize(256);

    shelf.put("00001", "changed behind");
    session.changed(name("00001"));
    shelf.put("00299", "changed ahead");
    session.changed(name("00299"));
    wire.messages = Integer.MAX_VALUE;
    session.send();

    assertThat(wire.sent).hasSize(301);
    assertThat(Collections.frequency(wire.texts(), "changed behind")).isEqualTo(1);
    assertThat(Collections.frequency(wire.texts(), "changed ahead")).isEqualTo(1);
  }

  @Test
  void whatAPeerBringsIsNotSentBackToIt() {
    connect();
    shelf.verdict = new OfferExchange.Verdict.Taken();
    shelf.onChange(session::changed);

    assertThat(session.receive(List.of(envelope("brought")))).isEmpty();

    assertThat(wire.sent).isEmpty();
  }

  @Test
  void nothingIsSentAfterTheEnd() {
    connect();
    assertThat(session.close()).isTrue();
    shelf.put("o", "late");

    session.changed(name("o"));

    assertThat(wire.sent).isEmpty();
    assertThat(session.close()).isFalse();
  }

  @Test
  void aFloodOfUselessOffersEndsTheExchangeAndAFewNowAndThenDoNot() {
    shelf.verdict = new OfferExchange.Verdict.Useless("nothing to withdraw");
    List<SignedEnvelope> full = Collections.nCopies(OfferSession.BATCH, envelope("x"));

    assertThat(session.receive(full)).isEmpty();
    for (int i = 0; i < 1_000; i++) {
      nanos.addAndGet(OfferSession.USELESS_REFILL.toNanos());
      assertThat(session.receive(List.of(envelope("x")))).isEmpty();
    }
    assertThat(session.receive(List.of(envelope("x")))).contains("nothing to withdraw");
  }

  @Test
  void ignoredOffersNeverEndAnExchange() {
    shelf.verdict = new OfferExchange.Verdict.Ignored("known");

    for (int i = 0; i < 100; i++) {
      assertThat(session.receive(Collections.nCopies(OfferSession.BATCH, envelope("x")))).isEmpty();
    }
    assertThat(session.receive(Collections.nCopies(OfferSession.BATCH + 1, envelope("x"))))
        .contains("more than 256");
  }

  private void connect() {
    session.open(wire, wire::send);
    session.send();
  }

  private static OfferKey name(String text) {
    return new OfferKey("p", text);
  }

  private static SignedEnvelope envelope(String text) {
    return SignedEnvelope.newBuilder().setPayload(ByteString.copyFromUtf8(text)).build();
  }

  /** Offers without any rules. */
  private static final class Shelf implements OfferExchange {
    private final NavigableMap<OfferKey, SignedEnvelope> offers = new TreeMap<>();
    private final List<Consumer<OfferKey>> listeners = new ArrayList<>();
    private Verdict verdict = new Verdict.Taken();

    void put(String name, String text) {
      offers.put(name(name), envelope(text));
    }

    List<OfferKey> put(int count) {
      String[] names =
          IntStream.range(0, count).mapToObj(i -> String.format("%05d", i)).toArray(String[]::new);
      for (String name : names) {
        put(name, name);
      }
      return Arrays.stream(names).map(OfferSessionTest::name).toList();
    }

    void remove(String name) {
      offers.remove(name(name));
    }

    @Override
    public Verdict take(SignedEnvelope envelope) {
      OfferKey name = name("taken");
      offers.put(name, envelope);
      listeners.forEach(listener -> listener.accept(name));
      return verdict;
    }

    @Override
    public Optional<SignedEnvelope> newest(OfferKey name) {
      return Optional.ofNullable(offers.get(name));
    }

    @Override
    public List<Known> after(Optional<OfferKey> name, int limit) {
      return name.map(last -> offers.tailMap(last, false)).orElse(offers).entrySet().stream()
          .limit(limit)
          .map(entry -> new Known(entry.getKey(), entry.getValue()))
          .toList();
    }

    @Override
    public void onChange(Consumer<OfferKey> listener) {
      listeners.add(listener);
    }
  }

  /** A stream that takes as much as the test allows. */
  private static final class Wire extends CallStreamObserver<SignedEnvelope> {
    private final List<SignedEnvelope> sent = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private boolean ready = true;
    private int messages = Integer.MAX_VALUE;

    void send(List<SignedEnvelope> batch) {
      messages--;
      sizes.add(batch.size());
      sent.addAll(batch);
    }

    List<String> texts() {
      return sent.stream().map(envelope -> envelope.getPayload().toStringUtf8()).toList();
    }

    @Override
    public boolean isReady() {
      return ready && messages > 0;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void onNext(SignedEnvelope value) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
