import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds every Java source of the house to google-java-format: {@code check ROOT} fails on the files
 * that differ, {@code write ROOT} rewrites them. Run by the build, see the root pom.
 */
public final class Format {
  private static final List<String> MODULES =
      List.of("ledger/src", "matcher/src", "node/src", "src");

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<Path> differing =
        MODULES.stream()
            .map(root::resolve)
            .filter(Files::isDirectory)
            .flatMap(Format::javaFiles)
            .parallel()
            .filter(file -> differs(file, write))
            .toList();
    if (!write && !differing.isEmpty()) {
      System.err.println(
          "Not in the house's format (mvn -q -N -Pformat process-sources mends it):");
      differing.forEach(file -> System.err.println("  " + root.relativize(file)));
      System.exit(1);
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean differs(Path file, boolean write) {
    try {
      String source = Files.readString(file);
      String formatted = formatted(file, source);
      if (formatted.equals(source)) {
        return false;
      }
      if (write) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String formatted(Path file, String source) {
    try {
      String ordered =
          ImportOrderer.reorderImports(
              RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.GOOGLE);
      return new Formatter().formatSource(ordered);
    } catch (FormatterException e) {
      System.err.println(file + ": " + e.getMessage());
      return source;
    }
  }
}
