package org.gpumarket.node.peer;

import io.grpc.stub.CallStreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.gpumarket.v1.SignedEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of offers with one peer. What the peer is too slow to take waits here, newest
 * version only, so a slow peer costs at most one envelope an offer. The session's lock guards
 * everything.
 */
final class OfferSession {
  /** Envelopes in one message (peer.proto). */
  static final int BATCH = 256;

  /** Refused offers after which a peer is cut off: an honest peer sends none. */
  static final int MAX_REFUSED = 16;

  /** Bytes in one message: well below the limit of the peer's server. */
  private static final int BATCH_BYTES = 1 << 20;

  private final OfferExchange offers;
  private final Map<String, SignedEnvelope> waiting = new LinkedHashMap<>();
  private @Nullable CallStreamObserver<?> stream;
  private @Nullable Consumer<List<SignedEnvelope>> sender;
  private @Nullable SignedEnvelope arriving;
  private int refused;

  OfferSession(OfferExchange offers) {
    this.offers = offers;
  }

  /** Starts sending: everything known, then every change. */
  synchronized void open(CallStreamObserver<?> stream, Consumer<List<SignedEnvelope>> sender) {
    this.stream = stream;
    this.sender = sender;
    offers.all().forEach(known -> waiting.put(known.name(), known.envelope()));
  }

  /** Adds a change to what waits, unless this very peer has just brought it. */
  synchronized void offer(OfferExchange.Known known) {
    if (!known.envelope().equals(arriving)) {
      waiting.put(known.name(), known.envelope());
      send();
    }
  }

  /** Sends what waits while the peer takes it. Called when the stream is ready for more. */
  synchronized void send() {
    CallStreamObserver<?> to = stream;
    Consumer<List<SignedEnvelope>> by = sender;
    while (to != null && by != null && to.isReady() && !waiting.isEmpty()) {
      by.accept(nextBatch());
    }
  }

  /**
   * Hands what the peer sent to the market.
   *
   * @return why the peer is to be cut off; empty while it behaves
   */
  String receive(List<SignedEnvelope> envelopes) {
    if (envelopes.size() > BATCH) {
      return "more than " + BATCH + " offers in one message";
    }
    for (SignedEnvelope envelope : envelopes) {
      synchronized (this) {
        arriving = envelope;
      }
      OfferExchange.Verdict verdict = offers.take(envelope);
      synchronized (this) {
        arriving = null;
      }
      if (verdict instanceof OfferExchange.Verdict.Refused(String why)
          && ++refused >= MAX_REFUSED) {
        return "too many offers that do not count, the last one: " + why;
      }
    }
    return "";
  }

  private List<SignedEnvelope> nextBatch() {
    List<SignedEnvelope> batch = new ArrayList<>();
    int bytes = 0;
    Iterator<SignedEnvelope> next = waiting.values().iterator();
    while (next.hasNext() && batch.size() < BATCH && bytes < BATCH_BYTES) {
      SignedEnvelope envelope = next.next();
      bytes += envelope.getSerializedSize();
      batch.add(envelope);
      next.remove();
    }
    return batch;
  }
}
