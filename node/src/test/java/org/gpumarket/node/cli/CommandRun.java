package org.gpumarket.node.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a command answered that was run in this process. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(Path home, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--home", home.toString()));
    return bare(all.toArray(String[]::new));
  }

  /** Runs a command as it is. */
  static CommandRun bare(String... arguments) {
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream direct = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(direct, true, StandardCharsets.UTF_8));
    try {
      int status = Gpumarket.commandLine().setErr(new PrintWriter(err)).execute(arguments);
      return new CommandRun(
          status,
          out.toString(StandardCharsets.UTF_8),
          direct.toString(StandardCharsets.UTF_8) + err);
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }
}
