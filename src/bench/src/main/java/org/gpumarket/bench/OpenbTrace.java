package org.gpumarket.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Rig;

/**
 * The public GPU cluster trace "openb" (Alibaba cluster-trace-gpu-v2023): the rigs of {@code
 * nodes.csv} and the tasks of {@code pods.csv}, both in the order of the files.
 */
record OpenbTrace(List<Rig> rigs, List<Demand> tasks) {
  OpenbTrace {
    rigs = List.copyOf(rigs);
    tasks = List.copyOf(tasks);
  }

  static OpenbTrace read(Path folder) throws IOException {
    return new OpenbTrace(
        rows(folder.resolve("nodes.csv")).stream().map(OpenbTrace::rig).toList(),
        rows(folder.resolve("pods.csv")).stream().map(OpenbTrace::task).toList());
  }

  /** Thousandths of a GPU in all rigs. */
  long gpuMillis() {
    return rigs.stream().mapToLong(Rig::gpus).sum() * Rig.WHOLE_GPU;
  }

  private static Rig rig(Row row) {
    return new Rig(
        row.text("model"),
        row.number("cpu_milli"),
        row.number("memory_mib"),
        Math.toIntExact(row.number("gpu")));
  }

  private static Demand task(Row row) {
    int gpus = Math.toIntExact(row.number("num_gpu"));
    Set<String> models =
        Arrays.stream(row.text("gpu_spec").split("\\|", -1))
            .filter(model -> !model.isEmpty())
            .collect(Collectors.toSet());
    return new Demand(
        row.number("cpu_milli"),
        row.number("memory_mib"),
        gpus,
        gpus == 0 ? 0 : Math.toIntExact(row.number("gpu_milli")),
        models);
  }

  private static List<Row> rows(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> columns = List.of(lines.getFirst().split(",", -1));
    return lines.stream()
        .skip(1)
        .map(line -> new Row(columns, List.of(line.split(",", -1))))
        .toList();
  }

  private record Row(List<String> columns, List<String> cells) {
    String text(String column) {
      int at = columns.indexOf(column);
      if (at < 0 || at >= cells.size()) {
        throw new IllegalArgumentException("no column " + column + " in " + cells);
      }
      return cells.get(at);
    }

    long number(String column) {
      return Long.parseLong(text(column));
    }
  }
}
