package org.gpumarket.node.lease;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.RowChange;
import org.gpumarket.v1.Lease;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;

/**
 * The leases in the store, and what is in them. A row that cannot be read is a broken store: better
 * no answer than a wrong account.
 *
 * <p>Leases that have ended stand in a table of their own, so that what asks for the open ones or
 * for a single one costs the same however many have ended.
 */
final class LeaseRows {
  private static final String OPEN = "lease";
  private static final String ENDED = "lease-ended";

  /** From the request of a deployment's workload to the lease that was last signed for it. */
  private static final String REQUESTS = "lease-request";

  private LeaseRows() {}

  static RowChange[] put(LeaseRow row) {
    String id = row.getLeaseId();
    return isOpen(row)
        ? new RowChange[] {RowChange.put(OPEN, id, row)}
        : new RowChange[] {RowChange.put(ENDED, id, row), RowChange.remove(OPEN, id)};
  }

  /** A lease that its provider has just countersigned. */
  static RowChange create(LeaseRow row) {
    return RowChange.create(OPEN, row.getLeaseId(), row);
  }

  /** A lease that its consumer has just signed, to be found by the request it is for. */
  static RowChange[] createSigned(LeaseRow row) {
    ByteString id = ByteString.copyFromUtf8(row.getLeaseId());
    return new RowChange[] {
      create(row), new RowChange(REQUESTS, lease(row).getRequestId(), Optional.of(id))
    };
  }

  /** Whether this node has or had a lease of this id, on either side. */
  static boolean isKnown(Ledger ledger, String leaseId) {
    try {
      return ledger.row(OPEN, leaseId).isPresent() || ledger.row(ENDED, leaseId).isPresent();
    } catch (LedgerException e) {
      throw unreadable(e);
    }
  }

  static RowChange remove(String leaseId) {
    return RowChange.remove(OPEN, leaseId);
  }

  static Optional<LeaseRow> load(Ledger ledger, LeaseRole role, String leaseId) {
    try {
      // A lease moves from the one table to the other and never back.
      Optional<ByteString> row = ledger.row(OPEN, leaseId);
      if (row.isEmpty()) {
        row = ledger.row(ENDED, leaseId);
      }
      return row.map(LeaseRows::row).filter(found -> found.getRole() == role);
    } catch (LedgerException e) {
      throw unreadable(e);
    }
  }

  /** The lease that was last signed for a request, if it was not dropped. */
  static Optional<LeaseRow> loadSigned(Ledger ledger, String requestId) {
    try {
      return ledger
          .row(REQUESTS, requestId)
          .flatMap(id -> load(ledger, LeaseRole.LEASE_ROLE_CONSUMER, id.toStringUtf8()));
    } catch (LedgerException e) {
      throw unreadable(e);
    }
  }

  static List<LeaseRow> loadOpen(Ledger ledger, LeaseRole role) {
    return scan(ledger, OPEN).filter(row -> row.getRole() == role && isOpen(row)).toList();
  }

  /** Takes time in the order of all leases there ever were. */
  static List<LeaseRow> loadAll(Ledger ledger, LeaseRole role) {
    Map<String, LeaseRow> rows = new LinkedHashMap<>();
    Stream.concat(scan(ledger, OPEN), scan(ledger, ENDED))
        .filter(row -> row.getRole() == role)
        .forEach(row -> rows.put(row.getLeaseId(), row));
    return List.copyOf(rows.values());
  }

  private static Stream<LeaseRow> scan(Ledger ledger, String table) {
    try {
      return ledger.rows(table).stream().map(row -> row(row.value()));
    } catch (LedgerException e) {
      throw unreadable(e);
    }
  }

  private static LeaseRow row(ByteString bytes) {
    return parse(LeaseRow.parser(), bytes);
  }

  private static IllegalStateException unreadable(LedgerException e) {
    return new IllegalStateException("the store cannot be read", e);
  }

  static boolean isOpen(LeaseRow row) {
    return row.getState() != LeaseState.LEASE_STATE_CLOSED;
  }

  static Lease lease(LeaseRow row) {
    return parse(Lease.parser(), row.getConsumerLease().getPayload());
  }

  /** The newest usage; the default, with sequence 0, where there is none. */
  static Usage usage(LeaseRow row) {
    return payload(Usage.parser(), row.getUsage());
  }

  /** The newest voucher; the default, which covers nothing, where there is none. */
  static Voucher voucher(LeaseRow row) {
    return payload(Voucher.parser(), row.getVoucher());
  }

  static long durationMillis(LeaseRow row, LeaseTerms terms) {
    return row.hasProviderExtension()
        ? payload(LeaseExtension.parser(), row.getProviderExtension()).getDurationMs()
        : terms.durationMillis();
  }

  /** What a consumer has asked for and has no answer to; the default where there is nothing. */
  static LeaseExtension askedExtension(LeaseRow row) {
    return payload(LeaseExtension.parser(), row.getAskedExtension());
  }

  /** The whole amount of the newest usage is vouchered. */
  static boolean isCovered(LeaseRow row) {
    return voucher(row).getAmount().getAmountMicros() >= usage(row).getOwed().getAmountMicros();
  }

  private static <T extends Message> T payload(Parser<T> parser, SignedEnvelope envelope) {
    return parse(parser, envelope.getPayload());
  }

  private static <T extends Message> T parse(Parser<T> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the store cannot be read", e);
    }
  }
}
