package org.gpumarket.ledger.store;

/** The column families. Their names are part of the format. */
public enum Table {
  /** Format version, size, checkpoint. */
  META("default"),
  /** Index, 8 bytes big endian, to the serialised entry. */
  ENTRIES("entries"),
  /** Level, 1 byte, and index, 8 bytes big endian, to the tile's hashes. */
  TILES("tiles"),
  /** Serialised Account to debits and credits, 8 bytes each, big endian. */
  ACCOUNTS("accounts"),
  /** Lease id to BookedLease. */
  LEASES("leases"),
  /** Payer, rail and reference to BookedPayout. */
  PAYOUTS("payouts"),
  /** The node's own rows: table, a zero byte, key. */
  ROWS("rows");

  private final String familyName;

  Table(String familyName) {
    this.familyName = familyName;
  }

  String familyName() {
    return familyName;
  }
}
