package org.gpumarket.node.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Where the program's log lines go: standard error, so that standard output stays for results.
 *
 * <p>Found by Logback as its configurator, it starts with warnings only, which is what commands
 * want; a node asks for more by {@link #apply}. Built in code because reading Logback's XML would
 * cost every command a tenth of a second.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  /** How a line looks. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line, with the key-value pairs of the event. */
    JSON
  }

  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %msg %kvp%n%ex";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    install(context, Level.WARN, Format.TEXT);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Sets level and format for the whole program from now on.
   *
   * @param level "error", "warn", "info", "debug" or "trace"; anything else is read as "info"
   */
  public static void apply(String level, Format format) {
    install(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        Level.toLevel(level, Level.INFO),
        format);
  }

  private static void install(LoggerContext context, Level level, Format format) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context, format));
    appender.start();
    root.addAppender(appender);
    // The libraries speak of their own insides: at their warnings unless somebody is looking.
    root.setLevel(level.isGreaterOrEqual(Level.DEBUG) ? Level.WARN : level);
    context.getLogger("org.gpumarket").setLevel(level);
    // gRPC asks Unix domain sockets for SO_KEEPALIVE, and Netty warns of it at every connection.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
    return switch (format) {
      case TEXT -> {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE);
        encoder.start();
        yield encoder;
      }
      case JSON -> {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        yield encoder;
      }
    };
  }
}
