package org.gpumarket.node.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * Rows under headings, aligned. A heading that begins with ">" stands over numbers. Cells may hold
 * what a stranger wrote: they are shown as {@link Terminal#plain}.
 */
final class Table {
  private static final int GAP = 2;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    this.headings = List.of(headings);
  }

  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(Terminal.plain(String.valueOf(cell)));
    }
    rows.add(row);
    return this;
  }

  void print(PrintStream out) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = heading(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out.println(
        Ansi.AUTO.string(
            "@|bold "
                + line(headings.stream().map(h -> h.replace(">", "")).toList(), widths)
                + "|@"));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private String heading(int column) {
    return headings.get(column).replace(">", "");
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String pad = " ".repeat(widths[i] - cells.get(i).length());
      line.append(headings.get(i).startsWith(">") ? pad + cells.get(i) : cells.get(i) + pad);
      line.append(" ".repeat(GAP));
    }
    return line.toString().stripTrailing();
  }
}
