package org.gpumarket.node.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.pattern.CompositeConverter;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
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
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %clean(%msg %kvp){line}%n%clean(%ex){trace}";

  /**
   * Characters that would move a terminal's cursor or begin a line: what peers say is logged, and
   * must look like nothing else. JSON escapes the first 32 by itself.
   */
  private static final Pattern CONTROLS =
      Pattern.compile("[\\p{Cntrl}\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]");

  /** The same, but for the ends of lines that a stack trace has itself. */
  private static final Pattern CONTROLS_IN_TRACE =
      Pattern.compile(
          "(?!\\t|\\n(\\tat |\\t\\.\\.\\. |\\t*Suppressed: |Caused by: |\\z))"
              + CONTROLS.pattern());

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

  static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
    return switch (format) {
      case TEXT -> {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("clean", Cleaned::new);
        layout.setPattern(LINE);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        yield encoder;
      }
      case JSON -> {
        JsonEncoder encoder = new CleanedJson();
        encoder.setContext(context);
        encoder.start();
        yield encoder;
      }
    };
  }

  /** A part of the line with a blank for each control character. */
  private static final class Cleaned extends CompositeConverter<ILoggingEvent> {
    @Override
    protected String transform(ILoggingEvent event, String part) {
      Pattern controls = "trace".equals(getFirstOption()) ? CONTROLS_IN_TRACE : CONTROLS;
      return controls.matcher(part).replaceAll(" ");
    }
  }

  private static final class CleanedJson extends JsonEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
      String line = new String(super.encode(event), StandardCharsets.UTF_8).stripTrailing();
      return (CONTROLS.matcher(line).replaceAll(" ") + "\n").getBytes(StandardCharsets.UTF_8);
    }
  }
}
