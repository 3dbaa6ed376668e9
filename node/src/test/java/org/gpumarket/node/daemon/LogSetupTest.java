package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** What peers and engines say is logged, and must not look like anything else. */
class LogSetupTest {
  private static final String HOSTILE =
      "a\u001b[2Jb\r\n2026-01-01T00:00:00.000Z INFO forged\u009bc\u2028d\u202e";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  @Test
  void aMessageIsOneLineWithoutControlCharacters() {
    LoggingEvent event = event(HOSTILE, null);
    event.addKeyValuePair(new KeyValuePair("peer", HOSTILE));

    assertOneLine(encoded(LogSetup.Format.TEXT, event));
    assertOneLine(encoded(LogSetup.Format.JSON, event));
  }

  @Test
  void whatAnExceptionSaysBeginsNoLine() {
    LoggingEvent event =
        event("failed", new IllegalStateException(HOSTILE, new IllegalArgumentException(HOSTILE)));

    String text = encoded(LogSetup.Format.TEXT, event);

    assertThat(text.lines().skip(1))
        .isNotEmpty()
        .allMatch(line -> line.matches("java\\.lang.*|\tat .*|Caused by: .*|\t\\.\\.\\. .*"))
        .noneMatch(line -> line.startsWith("2026"));
    assertThat(text).doesNotContain("\u001b").doesNotContain("\u009b").endsWith("\n");
    assertOneLine(encoded(LogSetup.Format.JSON, event));
  }

  @Test
  void anOrdinaryLineIsLeftAsItIs() {
    assertThat(encoded(LogSetup.Format.TEXT, event("région «eu»: 3 ✓", null)))
        .endsWith("INFO  région «eu»: 3 ✓ \n");
  }

  private static void assertOneLine(String text) {
    assertThat(text).endsWith("\n").contains("forged");
    assertThat(text.strip()).doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u2028\u202e]");
  }

  private String encoded(LogSetup.Format format, LoggingEvent event) {
    return new String(LogSetup.encoder(context, format).encode(event), StandardCharsets.UTF_8);
  }

  private LoggingEvent event(String message, @org.jspecify.annotations.Nullable Throwable error) {
    return new LoggingEvent(
        LogSetupTest.class.getName(),
        context.getLogger("org.gpumarket.test"),
        Level.INFO,
        message,
        error,
        new Object[0]);
  }
}
