package org.gpumarket.node.settlement;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.ReadableLedger;
import org.gpumarket.ledger.Row;
import org.gpumarket.ledger.RowChange;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.v1.Payout;
import org.gpumarket.v1.PayoutConfirmation;
import org.gpumarket.v1.PayoutRow;

/** The rows "payout" of the store: one for each payer, rail and reference. */
final class PayoutRows {
  private static final String TABLE = "payout";

  private PayoutRows() {}

  static RowChange put(PayoutRow row) {
    return RowChange.put(TABLE, key(payout(row)), row);
  }

  static Optional<PayoutRow> find(ReadableLedger ledger, Payout like) {
    try {
      return ledger.row(TABLE, key(like)).map(PayoutRows::parse);
    } catch (LedgerException e) {
      throw new IllegalStateException("the store cannot be read", e);
    }
  }

  static List<PayoutRow> loadAll(ReadableLedger ledger) {
    try {
      List<PayoutRow> rows = new ArrayList<>();
      for (Row row : ledger.rows(TABLE)) {
        rows.add(parse(row.value()));
      }
      return rows;
    } catch (LedgerException e) {
      throw new IllegalStateException("the store cannot be read", e);
    }
  }

  static Payout payout(PayoutRow row) {
    try {
      return Payout.parseFrom(row.getPayout().getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the store cannot be read", e);
    }
  }

  static PayoutConfirmation confirmation(PayoutRow row) {
    try {
      return PayoutConfirmation.parseFrom(row.getConfirmation().getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the store cannot be read", e);
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String key(Payout payout) {
    String name = payout.getPayer() + "\n" + payout.getRail() + "\n" + payout.getReference();
    return Base32.encode(sha256(name.getBytes(StandardCharsets.UTF_8)));
  }

  private static PayoutRow parse(ByteString bytes) {
    try {
      return PayoutRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the store cannot be read", e);
    }
  }
}
