package org.gpumarket.node.cli;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.MatchChosen;
import org.gpumarket.v1.Offer;

/**
 * The steps of a deployment as lines. How far a start is stands in one line that is written over on
 * a terminal; elsewhere it is told once for each workload. Used on one thread.
 */
final class DeployLines {
  /** No line that is written over may wrap: the narrowest common terminal has 80 columns. */
  private static final int MAX_COLUMNS = 79;

  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final Set<String> starting = new HashSet<>();
  private boolean unfinished;

  DeployLines(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Before the first step, which may have to wait for an offer. */
  void begin() {
    if (terminal) {
      overwrite("looking for offers that fit");
    }
  }

  void show(DeployResponse step) throws InvalidSignatureException {
    String name = step.getWorkload() + ": ";
    switch (step.getStepCase()) {
      case MATCH_CHOSEN -> line(name + chosen(step.getMatchChosen()));
      case MATCH_REFUSED ->
          line(name + "gets no lease. " + step.getMatchRefused().getExplanation());
      case MATCH_FAILED ->
          line(
              name
                  + Show.id(step.getMatchFailed().getProvider())
                  + " did not: "
                  + step.getMatchFailed().getProblem());
      case LEASE -> moved(name, step.getLease());
      case STEP_NOT_SET -> {}
    }
  }

  private void moved(String name, LeaseView lease) {
    String detail = lease.getStatus().getDetail();
    String line =
        name
            + "lease "
            + Show.id(lease.getLeaseId())
            + " is "
            + Show.state(lease)
            + (detail.isEmpty() ? "" : ": " + detail);
    boolean startsOn =
        lease.getStatus().getState() == LeaseState.LEASE_STATE_STARTING && !detail.isEmpty();
    if (!startsOn) {
      line(line);
    } else if (terminal) {
      overwrite(line);
    } else if (starting.add(name)) {
      line(line);
    }
  }

  private void line(String text) {
    out.println((unfinished ? ERASE_LINE : "") + Terminal.plain(text));
    unfinished = false;
  }

  private void overwrite(String text) {
    String plain = Terminal.plain(text);
    out.print(ERASE_LINE + plain.substring(0, Math.min(MAX_COLUMNS, plain.length())));
    out.flush();
    unfinished = true;
  }

  private static String chosen(MatchChosen match) throws InvalidSignatureException {
    Offer offer = EnvelopeKind.OFFER.parse(match.getOffer().getOffer());
    return "chose "
        + Show.id(match.getOffer().getProvider())
        + (offer.getSimulated() ? " (simulated GPUs)" : "")
        + ", because "
        + match.getExplanation();
  }
}
