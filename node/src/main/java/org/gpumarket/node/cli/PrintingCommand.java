package org.gpumarket.node.cli;

import picocli.CommandLine.Option;

/** A command that prints data: as a table for people, or as JSON. */
abstract class PrintingCommand extends NodeCommand {
  enum Form {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      converter = FlagValues.OutputForm.class,
      description = "table or json")
  private Form form = Form.TABLE;

  boolean json() {
    return form == Form.JSON;
  }
}
