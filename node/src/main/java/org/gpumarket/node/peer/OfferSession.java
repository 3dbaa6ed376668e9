package org.gpumarket.node.peer;

import io.grpc.stub.CallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.gpumarket.matcher.OfferKey;
import org.gpumarket.v1.SignedEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of offers with one peer: a walk over everything known, and the changes meanwhile and
 * after. Only names wait here; what is sent is the version that is newest then, so a peer never
 * hears an older version after a newer one. A peer that is too slow for the changes is walked over
 * everything again, so it costs {@link #MAX_WAITING} names at most. The session's lock guards what
 * is sent; {@link #receive} is called by one thread at a time.
 */
final class OfferSession {
  /** Envelopes in one message (peer.proto). */
  static final int BATCH = 256;

  /** Refused offers after which a peer is cut off: an honest peer sends none. */
  static final int MAX_REFUSED = 16;

  /** Useless offers that a peer may send at once, and the time in which it may send one more. */
  static final int MAX_USELESS = 256;

  static final Duration USELESS_REFILL = Duration.ofSeconds(1);

  /** Changes that wait for a slow peer before it is walked over everything again. */
  static final int MAX_WAITING = 10_000;

  /** Bytes in one message: well below the limit of the peer's server. */
  private static final int BATCH_BYTES = 1 << 20;

  private final OfferExchange offers;
  private final Allowance useless;
  private final Set<OfferKey> changed = new LinkedHashSet<>();
  private @Nullable CallStreamObserver<?> stream;
  private @Nullable Consumer<List<SignedEnvelope>> sender;
  private Optional<OfferKey> walkedTo = Optional.empty();
  private boolean walking = true;
  private boolean walkAgain;
  private boolean closed;
  private volatile @Nullable Thread receiving;
  private int refused;

  OfferSession(OfferExchange offers, LongSupplier nanoTime) {
    this.offers = offers;
    this.useless = new Allowance(MAX_USELESS, USELESS_REFILL.toNanos(), nanoTime);
  }

  /** Where to send, from the first call of {@link #send} on. */
  synchronized void open(CallStreamObserver<?> stream, Consumer<List<SignedEnvelope>> sender) {
    this.stream = stream;
    this.sender = sender;
  }

  /**
   * Sends nothing from now on. To be called before the stream is ended from this side.
   *
   * @return false when it was closed before
   */
  synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    changed.clear();
    return first;
  }

  /** Adds a change to what waits, unless this very peer has just brought it. */
  void changed(OfferKey name) {
    if (!Thread.currentThread().equals(receiving)) {
      note(name);
    }
  }

  private synchronized void note(OfferKey name) {
    boolean ahead = walking && walkedTo.map(reached -> reached.compareTo(name) < 0).orElse(true);
    if (ahead || walkAgain || closed) {
      return;
    }
    changed.add(name);
    if (changed.size() > MAX_WAITING) {
      changed.clear();
      walkAgain = walking;
      restartUnlessWalking();
    }
    send();
  }

  /** Sends what waits while the peer takes it. Called when the stream is ready for more. */
  synchronized void send() {
    CallStreamObserver<?> to = stream;
    Consumer<List<SignedEnvelope>> by = sender;
    while (to != null && by != null && !closed && to.isReady()) {
      List<SignedEnvelope> batch = changed.isEmpty() ? nextOfWalk() : nextChanges();
      if (!batch.isEmpty()) {
        by.accept(batch);
      } else if (!walking && changed.isEmpty()) {
        return;
      }
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
    receiving = Thread.currentThread();
    try {
      for (SignedEnvelope envelope : envelopes) {
        String bad = judge(offers.take(envelope));
        if (!bad.isEmpty()) {
          return bad;
        }
      }
      return "";
    } finally {
      receiving = null;
    }
  }

  private String judge(OfferExchange.Verdict verdict) {
    return switch (verdict) {
      case OfferExchange.Verdict.Taken _, OfferExchange.Verdict.Ignored _ -> "";
      case OfferExchange.Verdict.Useless(String why) ->
          useless.take() ? "" : "too many offers of no use, the last one: " + why;
      case OfferExchange.Verdict.Refused(String why) ->
          ++refused < MAX_REFUSED ? "" : "too many offers that do not count, the last one: " + why;
    };
  }

  private List<SignedEnvelope> nextChanges() {
    List<SignedEnvelope> batch = new ArrayList<>();
    int bytes = 0;
    Iterator<OfferKey> next = changed.iterator();
    while (next.hasNext() && batch.size() < BATCH && bytes < BATCH_BYTES) {
      Optional<SignedEnvelope> newest = offers.newest(next.next());
      next.remove();
      if (newest.isPresent()) {
        bytes += newest.get().getSerializedSize();
        batch.add(newest.get());
      }
    }
    return batch;
  }

  private List<SignedEnvelope> nextOfWalk() {
    List<SignedEnvelope> batch = new ArrayList<>();
    int bytes = 0;
    List<OfferExchange.Known> part = walking ? offers.after(walkedTo, BATCH) : List.of();
    for (OfferExchange.Known known : part) {
      if (bytes >= BATCH_BYTES) {
        return batch;
      }
      bytes += known.envelope().getSerializedSize();
      batch.add(known.envelope());
      walkedTo = Optional.of(known.name());
    }
    if (part.size() < BATCH) {
      walking = false;
      if (walkAgain) {
        walkAgain = false;
        restartUnlessWalking();
      }
    }
    return batch;
  }

  private void restartUnlessWalking() {
    if (!walking) {
      walking = true;
      walkedTo = Optional.empty();
    }
  }
}
