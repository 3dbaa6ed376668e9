package org.gpumarket.node.cli;

import java.util.ArrayList;
import java.util.List;
import org.gpumarket.node.settings.Settings;
import org.gpumarket.node.settings.SettingsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "config",
    description = "Show every setting and where it comes from: flag, environment, file or default.",
    sortOptions = false,
    footer = {"", "Example:", "  gpumarket config --region eu-de"})
final class ConfigCommand extends PrintingCommand implements SettingFlags.Taker {
  private final SettingFlags flags = new SettingFlags();

  @Option(names = "--describe", description = "say what each one is for")
  private boolean describe;

  @Override
  public SettingFlags settingFlags() {
    return flags;
  }

  @Override
  public Integer call() throws SettingsException {
    Settings settings = settings(flags.values());
    if (json()) {
      List<String> lines = new ArrayList<>();
      settings
          .all()
          .forEach(
              (setting, sourced) ->
                  lines.add(
                      "  "
                          + Json.string(setting.key())
                          + ": {\"value\": "
                          + Json.string(sourced.value())
                          + ", \"source\": "
                          + Json.string(sourced.source())
                          + "}"));
      System.out.println("{\n" + String.join(",\n", lines) + "\n}");
      return 0;
    }
    System.out.println("Home: " + home().dataFolder() + ", settings file: " + home().configFile());
    Table table = new Table("SETTING", "VALUE", "FROM", describe ? "WHAT FOR" : "");
    settings
        .all()
        .forEach(
            (setting, sourced) ->
                table.row(
                    setting.key(),
                    sourced.value(),
                    sourced.source(),
                    describe ? setting.description() : ""));
    table.print(System.out);
    return 0;
  }
}
