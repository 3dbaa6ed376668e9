package org.gpumarket.node.lease;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.Row;
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
 * The rows "lease" of the store, and what is in them. A row that cannot be read is a broken store:
 * better no answer than a wrong account.
 */
final class LeaseRows {
  static final String TABLE = "lease";

  private LeaseRows() {}

  static RowChange put(LeaseRow row) {
    return RowChange.put(TABLE, row.getLeaseId(), row);
  }

  static RowChange remove(String leaseId) {
    return RowChange.remove(TABLE, leaseId);
  }

  static Optional<LeaseRow> load(Ledger ledger, LeaseRole role, String leaseId) {
    try {
      return ledger
          .row(TABLE, leaseId)
          .map(bytes -> parse(LeaseRow.parser(), bytes))
          .filter(row -> row.getRole() == role);
    } catch (LedgerException e) {
      throw new IllegalStateException("the store cannot be read", e);
    }
  }

  static List<LeaseRow> loadAll(Ledger ledger) {
    try {
      List<LeaseRow> rows = new ArrayList<>();
      for (Row row : ledger.rows(TABLE)) {
        rows.add(parse(LeaseRow.parser(), row.value()));
      }
      return rows;
    } catch (LedgerException e) {
      throw new IllegalStateException("the store cannot be read", e);
    }
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
