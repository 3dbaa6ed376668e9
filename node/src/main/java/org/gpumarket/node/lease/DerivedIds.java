package org.gpumarket.node.lease;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.gpumarket.ledger.signing.Base32;

/** Ids that come out the same when the same thing is asked for again. */
final class DerivedIds {
  private static final int ID_BYTES = 16;

  private DerivedIds() {}

  static String of(String... parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        sha256.update(part.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
      }
      return Base32.encode(Arrays.copyOf(sha256.digest(), ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
