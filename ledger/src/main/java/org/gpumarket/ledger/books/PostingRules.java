package org.gpumarket.ledger.books;

import com.google.protobuf.ByteString;
import java.util.List;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.v1.KeyIntroduced;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.LogKey;
import org.gpumarket.v1.Transfer;

/**
 * Which entries may follow, and which transfers each makes. A pure function of the entries before:
 * the writer asks it before it appends, and {@code verify} asks it again.
 */
public final class PostingRules {
  private final NodeId owner;
  private final LeaseRules leases;
  private final PayoutRules payouts;
  private final EnvelopeReader reader;

  /** The rules of this owner's ledger, opening envelopes with {@code reader}. */
  public PostingRules(NodeId owner, EnvelopeReader reader) {
    this.owner = owner;
    this.leases = new LeaseRules(owner, reader);
    this.payouts = new PayoutRules(owner, reader);
    this.reader = reader;
  }

  /**
   * Writes an entry into the books; its own transfers are not looked at.
   *
   * @return the transfers that belong to the entry, already moved in the books
   * @throws RefusedEntryException when a rule forbids the entry; the books are then to be dropped
   */
  public List<Transfer> post(LedgerEntry entry, Books books) throws RefusedEntryException {
    if (entry.getEventCase() != LedgerEntry.EventCase.KEY_INTRODUCED && books.logKey().isEmpty()) {
      throw new RefusedEntryException("a ledger's first entry introduces its log key");
    }
    try {
      List<Transfer> transfers = transfers(entry, books);
      for (Transfer transfer : transfers) {
        books.move(transfer);
      }
      return transfers;
    } catch (InvalidSignatureException e) {
      throw new RefusedEntryException(String.valueOf(e.getMessage()));
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new RefusedEntryException("a number out of range: " + e.getMessage());
    }
  }

  private List<Transfer> transfers(LedgerEntry entry, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    return switch (entry.getEventCase()) {
      case KEY_INTRODUCED -> introduce(entry.getKeyIntroduced(), books);
      case LEASE_AGREED -> leases.agreed(entry.getLeaseAgreed(), books);
      case LEASE_CHANGED -> leases.changed(entry.getLeaseChanged(), books);
      case LEASE_EXTENDED -> leases.extended(entry.getLeaseExtended(), books);
      case USAGE_MEASURED -> leases.measured(entry.getUsageMeasured(), books);
      case VOUCHER_RECORDED -> leases.vouchered(entry.getVoucherRecorded(), books);
      case PAYOUT_RECORDED -> payouts.recorded(entry.getPayoutRecorded(), books);
      case PAYOUT_CONFIRMED -> payouts.confirmed(entry.getPayoutConfirmed(), books);
      case EVENT_NOT_SET -> throw new RefusedEntryException("an entry without an event");
    };
  }

  private List<Transfer> introduce(KeyIntroduced event, Books books)
      throws RefusedEntryException, InvalidSignatureException {
    Signed<LogKey> introduced = reader.read(EnvelopeKind.LOG_KEY, event.getIntroduction());
    if (!introduced.signer().equals(owner)) {
      throw new RefusedEntryException("a log key is introduced by the ledger's owner alone");
    }
    PublicKey key = PublicKey.of(introduced.message().getPublicKey().toByteArray());
    books.introduce(ByteString.copyFrom(key.bytes()));
    return List.of();
  }

  static ByteString sha256(ByteString bytes) {
    return ByteString.copyFrom(Hashes.sha256(bytes.toByteArray()));
  }
}
