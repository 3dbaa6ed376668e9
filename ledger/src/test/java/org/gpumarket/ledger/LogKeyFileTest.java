package org.gpumarket.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.gpumarket.ledger.signing.PrivateFile;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.ledger.signing.WatchedFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LogKeyFileTest {
  @TempDir Path folder;

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theKeyIsItsOwnersAloneFromTheStartAndItsNameIsSynced() throws Exception {
    WatchedFileSystem files = new WatchedFileSystem();
    SigningKey made = LogKeyFile.loadOrCreate(files.of(folder.resolve("log.key")));

    assertThat(files.notes())
        .satisfiesExactly(
            created -> assertThat(created).matches("create log\\.key\\.\\d+\\.new rw-------"),
            written -> assertThat(written).startsWith("open log.key."),
            named -> assertThat(named).isEqualTo("move log.key"),
            synced -> assertThat(synced).isEqualTo("open " + folder.getFileName()));
    assertThat(Files.getPosixFilePermissions(folder.resolve("log.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(LogKeyFile.loadOrCreate(folder.resolve("log.key")).publicKey())
        .isEqualTo(made.publicKey());
  }

  @Test
  void whatAnInterruptedWriteLeftIsNoKey() throws Exception {
    Files.write(folder.resolve("log.key.1.new"), new byte[7]);
    SigningKey made = LogKeyFile.loadOrCreate(folder.resolve("log.key"));

    assertThat(Files.readAllBytes(folder.resolve("log.key"))).isEqualTo(made.seed());
  }

  @Test
  void aKeyThatIsThereIsNeverWrittenOver() throws Exception {
    Path file = folder.resolve("log.key");
    SigningKey made = LogKeyFile.loadOrCreate(file);

    assertThat(PrivateFile.create(file, new byte[SigningKey.SEED_BYTES])).isFalse();
    assertThat(Files.readAllBytes(file)).isEqualTo(made.seed());
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }
}
