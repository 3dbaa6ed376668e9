package org.gpumarket.ledger;

import java.util.List;
import java.util.Optional;
import org.gpumarket.v1.AccountBalance;

/**
 * What a check of a ledger found.
 *
 * @param entries how many entries stand in it
 * @param verifiedBefore of how many entries, from the first on, the signatures were not checked
 *     anew because this node had checked them before; 0 after a full check
 * @param checkpoint its signed checkpoint, as text
 * @param problem the first thing that is wrong, if anything is
 * @param balances every account as recomputed from the entries
 */
public record VerifyReport(
    long entries,
    long verifiedBefore,
    String checkpoint,
    Optional<Problem> problem,
    List<AccountBalance> balances) {
  /** Copies the balances. */
  public VerifyReport {
    balances = List.copyOf(balances);
  }
}
