package org.gpumarket.node.peer;

import java.util.List;
import java.util.function.Consumer;
import org.gpumarket.v1.SignedEnvelope;

/**
 * Where offers that peers send go, and where those for peers come from. Safe for several threads.
 */
public interface OfferExchange {
  /** What became of an offer that a peer sent. */
  sealed interface Verdict {
    /** It is new, and every listener has been told. */
    record Taken() implements Verdict {}

    /** It is known, older than what is known, or out of date: nothing wrong with the peer. */
    record Ignored(String why) implements Verdict {}

    /** No honest peer passes this on. */
    record Refused(String why) implements Verdict {}
  }

  /**
   * An offer as it is passed on.
   *
   * @param name the same for all versions of one offer
   * @param envelope the newest version, withdrawal included
   */
  record Known(String name, SignedEnvelope envelope) {}

  Verdict take(SignedEnvelope envelope);

  /** Every offer that counts now. */
  List<Known> all();

  /** Tells of every change from now on, in the thread that brought it. */
  void onChange(Consumer<Known> listener);
}
