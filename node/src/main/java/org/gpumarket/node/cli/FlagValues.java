package org.gpumarket.node.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.gpumarket.node.deployment.OrderValues;
import org.gpumarket.node.settings.Values;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What flags and parameters may be: a wrong value is a mistake in the command, exit status 2. */
final class FlagValues {
  private FlagValues() {}

  /** A value that is checked while it is read. */
  abstract static class Checked<T> implements ITypeConverter<T> {
    /** Throws IllegalArgumentException with what would be right. */
    abstract T read(String text);

    @Override
    public final T convert(String text) {
      try {
        return read(text.strip());
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  abstract static class WholeNumber extends Checked<Integer> {
    private final int least;
    private final int most;

    WholeNumber(int least, int most) {
      this.least = least;
      this.most = most;
    }

    @Override
    Integer read(String text) {
      if (!text.matches("[0-9]{1,9}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > most) {
        throw new IllegalArgumentException(
            "a whole number from "
                + least
                + " to "
                + most
                + " is wanted, not "
                + Values.quoted(text));
      }
      return Integer.parseInt(text);
    }
  }

  /** GPUs together (offer.proto: gpu_count). */
  static final class GpuCount extends WholeNumber {
    GpuCount() {
      super(1, 1_024);
    }
  }

  /** Rows of an answer. */
  static final class RowCount extends WholeNumber {
    RowCount() {
      super(1, 1_000);
    }
  }

  /** Lines of output (lease.proto: tail_lines). */
  static final class LineCount extends WholeNumber {
    LineCount() {
      super(1, 100_000);
    }
  }

  abstract static class Time extends Checked<Duration> {
    private final Duration least;
    private final Duration most;

    Time(Duration least, Duration most) {
      this.least = least;
      this.most = most;
    }

    @Override
    Duration read(String text) {
      Duration time = Values.duration(text);
      if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            "a time from "
                + least.toMillis()
                + "ms to "
                + most.toDays()
                + "d is wanted, not "
                + Values.quoted(text));
      }
      return time;
    }
  }

  /** How long to wait for offers. */
  static final class Wait extends Time {
    Wait() {
      super(Duration.ZERO, Duration.ofDays(1));
    }
  }

  /** How much longer a lease shall run; 30 days is the longest that one lasts. */
  static final class Extension extends Time {
    Extension() {
      super(Duration.ofMillis(1), Duration.ofDays(30));
    }
  }

  /** How far to look back. */
  static final class Past extends Time {
    Past() {
      super(Duration.ofMillis(1), Duration.ofDays(36_500));
    }
  }

  static final class Tier extends Checked<org.gpumarket.v1.Tier> {
    @Override
    org.gpumarket.v1.Tier read(String text) {
      return OrderValues.tier(text);
    }
  }

  static final class Model extends Checked<String> {
    @Override
    String read(String text) {
      return OrderValues.model(text);
    }
  }

  static final class Region extends Checked<String> {
    @Override
    String read(String text) {
      return OrderValues.region(text);
    }
  }

  /** Memory of a GPU, in MiB. */
  static final class Vram extends Checked<Long> {
    @Override
    Long read(String text) {
      return OrderValues.vramMib(text);
    }
  }

  /** A price whose text is right; its currency may be left out. */
  static final class PriceText extends Checked<String> {
    @Override
    String read(String text) {
      var _ = OrderValues.price(text, "USD");
      return text;
    }
  }

  /** Money that moved, in micros. */
  static final class Amount extends Checked<Long> {
    @Override
    Long read(String text) {
      long micros = Values.micros(text);
      if (micros == 0) {
        throw new IllegalArgumentException("an amount is more than 0");
      }
      return micros;
    }
  }

  static final class Currency extends Checked<String> {
    @Override
    String read(String text) {
      if (!text.matches("[A-Z]{3}")) {
        throw new IllegalArgumentException(
            "three letters such as USD are wanted, not " + Values.quoted(text));
      }
      return text;
    }
  }

  abstract static class Line extends Checked<String> {
    private final int least;
    private final int most;

    Line(int least, int most) {
      this.least = least;
      this.most = most;
    }

    @Override
    String read(String text) {
      if (text.length() < least
          || text.length() > most
          || text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "one line of " + least + " to " + most + " characters is wanted");
      }
      return text;
    }
  }

  /** What names a payment (PayoutRules). */
  static final class Reference extends Line {
    Reference() {
      super(1, 128);
    }
  }

  /** A word for the other side of a payment. */
  static final class Note extends Line {
    Note() {
      super(0, 256);
    }
  }

  /** A folder, which need not exist. */
  static final class Folder extends Checked<Path> {
    @Override
    Path read(String text) {
      Path folder = Path.of(text);
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new IllegalArgumentException(
            "a folder is wanted, and " + Values.quoted(text) + " is a file");
      }
      return folder;
    }
  }

  /** A lease, a deployment or a node, or the beginning of its id. */
  static final class Name extends Line {
    Name() {
      super(1, 128);
    }
  }

  static final class OutputForm extends Checked<PrintingCommand.Form> {
    @Override
    PrintingCommand.Form read(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "table" -> PrintingCommand.Form.TABLE;
        case "json" -> PrintingCommand.Form.JSON;
        default ->
            throw new IllegalArgumentException(
                "table or json is wanted, not " + Values.quoted(text));
      };
    }
  }
}
