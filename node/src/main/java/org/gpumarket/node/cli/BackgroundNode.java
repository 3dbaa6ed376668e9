package org.gpumarket.node.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.gpumarket.ledger.OwnerOnly;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.daemon.NodeNotRunningException;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.SettingsException;
import picocli.CommandLine;

/** Starts a node that outlives the command that wanted it. */
final class BackgroundNode {
  private static final long START_SECONDS = 60;

  private BackgroundNode() {}

  /**
   * Starts a node and waits until it answers.
   *
   * @param flags arguments of "up" beside the home
   * @throws Failure with the node's own last words when it does not start
   * @throws SettingsException with the same when a setting cannot be used
   */
  static LocalApi start(Home home, List<String> flags)
      throws Failure, SettingsException, IOException {
    OwnerOnly.createFolder(home.dataFolder());
    Process process =
        new ProcessBuilder(command(home, flags))
            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.logFile().toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(home.logFile().toFile()))
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline) {
      try {
        return LocalApi.connect(home.dataFolder());
      } catch (NodeNotRunningException _) {
        if (!process.isAlive()) {
          String why = lastWords(home.logFile()).replaceFirst("^gpumarket: ", "");
          if (process.exitValue() == CommandLine.ExitCode.USAGE) {
            throw new SettingsException(why);
          }
          throw new Failure("the node does not start: " + why);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new Failure("the node does not answer; its log is " + home.logFile());
  }

  private static List<String> command(Home home, List<String> flags) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NodeJvm.flags());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Gpumarket.class.getName());
    command.add("up");
    if (home.configFile().getParent() != null
        && home.configFile().getParent().equals(home.dataFolder())) {
      command.add("--home");
      command.add(home.dataFolder().toString());
    }
    command.addAll(flags);
    return command;
  }

  private static java.io.File nothing() {
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    return new java.io.File(windows ? "NUL" : "/dev/null");
  }

  private static String lastWords(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it says nothing" : lines.getLast();
    } catch (IOException e) {
      return "its log cannot be read: " + e.getMessage();
    }
  }
}
