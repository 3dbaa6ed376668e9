package org.gpumarket.node.identity;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;
import org.gpumarket.ledger.OwnerOnly;
import org.gpumarket.ledger.signing.PrivateFile;
import org.gpumarket.ledger.signing.SigningKey;

/**
 * The file that holds the node's key, mode 0600: two lines, the form's name and the key in base64,
 * either bare or sealed under a passphrase (scrypt, then AES-256-GCM).
 */
public final class KeyFile {
  private static final String BARE = "gpumarket-key-v1";
  private static final String SEALED = "gpumarket-sealed-key-v1";
  private static final int MAX_FILE_BYTES = 1_024;

  /** RFC 7914's interactive parameters of 2017: about a tenth of a second and 32 MiB. */
  private static final int SCRYPT_COST = 1 << 15;

  private static final int SCRYPT_BLOCK = 8;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private KeyFile() {}

  /**
   * Reads the key, or draws one and writes it. Several callers at once get the same key.
   *
   * @param passphrase opens a sealed file, and seals a new one
   * @throws IOException with one sentence when the file is not a key, the passphrase is wrong or
   *     missing, or nothing can be written
   */
  public static SigningKey loadOrCreate(Path file, Optional<char[]> passphrase) throws IOException {
    if (Files.exists(file)) {
      return load(file, passphrase);
    }
    SigningKey key = SigningKey.generate(new SecureRandom());
    OwnerOnly.createFolder(requireNonNull(file.toAbsolutePath().normalize().getParent()));
    boolean made =
        PrivateFile.create(file, text(key, passphrase).getBytes(StandardCharsets.US_ASCII));
    return made ? key : load(file, passphrase);
  }

  private static SigningKey load(Path file, Optional<char[]> passphrase) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException(file + " is too long for a key");
    }
    String[] lines = Files.readString(file, StandardCharsets.US_ASCII).split("\n", -1);
    try {
      byte[] bytes = Base64.getDecoder().decode(lines.length > 1 ? lines[1] : "");
      return switch (lines[0]) {
        case BARE -> SigningKey.fromSeed(bytes);
        case SEALED ->
            SigningKey.fromSeed(
                open(
                    bytes,
                    passphrase.orElseThrow(
                        () -> new IOException(file + " is sealed: a passphrase is needed"))));
        default -> throw new IOException(file + " is not a key of this program");
      };
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException("the passphrase does not open " + file, e);
    }
  }

  private static String text(SigningKey key, Optional<char[]> passphrase) {
    String form = passphrase.isPresent() ? SEALED : BARE;
    byte[] bytes = passphrase.map(p -> seal(key.seed(), p)).orElseGet(key::seed);
    return form + "\n" + Base64.getEncoder().encodeToString(bytes) + "\n";
  }

  private static byte[] seal(byte[] seed, char[] passphrase) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    SecureRandom random = new SecureRandom();
    random.nextBytes(salt);
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, passphrase, salt, nonce).doFinal(seed);
      return ByteBuffer.allocate(SALT_BYTES + NONCE_BYTES + sealed.length)
          .put(salt)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  private static byte[] open(byte[] sealed, char[] passphrase) throws GeneralSecurityException {
    if (sealed.length <= SALT_BYTES + NONCE_BYTES) {
      throw new IllegalArgumentException("too short");
    }
    ByteBuffer parts = ByteBuffer.wrap(sealed);
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    parts.get(salt).get(nonce);
    byte[] rest = new byte[parts.remaining()];
    parts.get(rest);
    return cipher(Cipher.DECRYPT_MODE, passphrase, salt, nonce).doFinal(rest);
  }

  private static Cipher cipher(int mode, char[] passphrase, byte[] salt, byte[] nonce)
      throws GeneralSecurityException {
    byte[] key =
        SCrypt.generate(
            new String(passphrase).getBytes(StandardCharsets.UTF_8),
            salt,
            SCRYPT_COST,
            SCRYPT_BLOCK,
            1,
            32);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }
}
