package org.gpumarket.node.peer;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.gpumarket.matcher.OfferKey;
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

    /** It changes nothing, and an honest peer sends few such. */
    record Useless(String why) implements Verdict {}

    /** No honest peer passes this on. */
    record Refused(String why) implements Verdict {}
  }

  /**
   * An offer as it is passed on.
   *
   * @param name the same for all versions of one offer
   * @param envelope the newest version, withdrawal included
   */
  record Known(OfferKey name, SignedEnvelope envelope) {}

  Verdict take(SignedEnvelope envelope);

  /**
   * The newest version of an offer that may be passed on, its withdrawal included; empty when none
   * counts any more.
   */
  Optional<SignedEnvelope> newest(OfferKey name);

  /**
   * What counts now and may be passed on, in the order of the names.
   *
   * @param name where the last part ended; empty for the first part
   * @param limit how many at most; fewer are answered only at the end
   */
  List<Known> after(Optional<OfferKey> name, int limit);

  /**
   * Names every offer that changes from now on, in the thread that brought the change. Two changes
   * of one offer may be told in either order: {@link #newest} says what counts.
   */
  void onChange(Consumer<OfferKey> listener);
}
