package org.gpumarket.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.gpumarket.ledger.signing.PrivateFile;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * The key that signs checkpoints, in a file of its own: a backup of the books need not carry it,
 * and who steals it can sign no lease.
 */
final class LogKeyFile {
  private LogKeyFile() {}

  static SigningKey loadOrCreate(Path file) throws LedgerException {
    try {
      if (Files.exists(file)) {
        return load(file);
      }
      SigningKey key = SigningKey.generate(new SecureRandom());
      return PrivateFile.create(file, key.seed()) ? key : load(file);
    } catch (IOException e) {
      throw new LedgerException("cannot keep the log key in " + file + ": " + e.getMessage(), e);
    }
  }

  private static SigningKey load(Path file) throws IOException, LedgerException {
    if (Files.size(file) != SigningKey.SEED_BYTES) {
      throw new LedgerException(
          file + " is not a log key: it has not " + SigningKey.SEED_BYTES + " bytes",
          new IOException());
    }
    return SigningKey.fromSeed(Files.readAllBytes(file));
  }
}
