package org.gpumarket.ledger;

import java.util.List;
import java.util.Optional;
import org.gpumarket.v1.AccountBalance;

/**
 * What a full check of a ledger found.
 *
 * @param entries how many entries stand in it
 * @param checkpoint its signed checkpoint, as text
 * @param problem the first thing that is wrong, if anything is
 * @param balances every account as recomputed from the entries
 */
public record VerifyReport(
    long entries, String checkpoint, Optional<Problem> problem, List<AccountBalance> balances) {
  /** Copies the balances. */
  public VerifyReport {
    balances = List.copyOf(balances);
  }
}
