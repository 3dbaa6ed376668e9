package org.gpumarket.node.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.gpumarket.node.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** Gives the commands that start or show a node one flag for every setting. */
final class SettingFlags {
  /** A command with such flags. */
  interface Taker {
    SettingFlags settingFlags();
  }

  private final Map<Setting, String> values = new EnumMap<>(Setting.class);

  Map<Setting, String> values() {
    return values;
  }

  static void addTo(CommandLine line) {
    for (CommandLine sub : line.getSubcommands().values()) {
      if (sub.getCommand() instanceof Taker taker) {
        List.of(Setting.values()).forEach(setting -> add(sub, taker.settingFlags(), setting));
      }
    }
  }

  private static void add(CommandLine line, SettingFlags flags, Setting setting) {
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("--" + setting.key())
                .paramLabel("VALUE")
                .type(String.class)
                .description(
                    setting.description()
                        + (setting.standard().isEmpty() ? "" : " (" + setting.standard() + ")"))
                .setter(flags.new Store(setting))
                .build());
  }

  /** Keeps a flag's value. */
  private final class Store implements ISetter {
    private final Setting setting;

    Store(Setting setting) {
      this.setting = setting;
    }

    @Override
    public <T> T set(T value) {
      if (value != null) {
        values.put(setting, value.toString());
      }
      return value;
    }
  }
}
