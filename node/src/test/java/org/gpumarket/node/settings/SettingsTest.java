package org.gpumarket.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void flagsWinOverTheEnvironmentThatOverTheFileThatOverTheDefaults() throws Exception {
    file("region: eu-de\nlisten: 127.0.0.1:1\ncurrency: EUR\n");
    Settings settings =
        Settings.load(
            home(),
            Map.of(Setting.REGION, "na-us"),
            Map.of("GPUMARKET_REGION", "as-jp", "GPUMARKET_LISTEN", "127.0.0.1:2"));

    assertThat(settings.all().get(Setting.REGION)).isEqualTo(new Settings.Sourced("na-us", "flag"));
    assertThat(settings.all().get(Setting.LISTEN))
        .isEqualTo(new Settings.Sourced("127.0.0.1:2", "environment"));
    assertThat(settings.all().get(Setting.CURRENCY))
        .isEqualTo(new Settings.Sourced("EUR", folder.resolve("config.yaml") + ":3"));
    assertThat(settings.all().get(Setting.SELL)).isEqualTo(new Settings.Sourced("true", "default"));
  }

  @Test
  void listsAndPricesMayBeWrittenAsYamlOrAsText() throws Exception {
    file("bootstrap: [a.example.org:1, b.example.org:2]\nprices: {rtx4090: 0.30, HIGH_2: 1}\n");
    Settings settings = Settings.load(home(), Map.of(), Map.of());

    assertThat(settings.list(Setting.BOOTSTRAP))
        .containsExactly("a.example.org:1", "b.example.org:2");
    assertThat(settings.prices())
        .containsEntry("rtx4090", 300_000L)
        .containsEntry("HIGH_2", 1_000_000L);
  }

  @Test
  void anUnknownKeyIsRefusedWithItsLineAndTheNearestOne() throws Exception {
    refused(
        "\nregoin: eu\n", "config.yaml:2: there is no setting 'regoin'; the nearest is 'region'");
  }

  @Test
  void aMistypedVariableIsRefusedAndOneOfSomebodyElseLeftAlone() throws Exception {
    assertThatThrownBy(() -> Settings.load(home(), Map.of(), Map.of("GPUMARKET_REGOIN", "eu")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("GPUMARKET_REGOIN: there is no such setting; the nearest is GPUMARKET_REGION");

    Map<String, String> others =
        Map.of("GPUMARKET_GPUS", "SIM-0", "GPUMARKET_SERVICE_HOST", "10.0.0.1", "REGION", "eu");
    assertThat(Settings.load(home(), Map.of(), others).text(Setting.REGION)).isEmpty();
  }

  @Test
  void whatCannotBeUsedIsRefusedWithItsPlace() throws Exception {
    refused("listen: here\n", "config.yaml:1: listen: an address is host:port");
    refused("listen: a:99999\n", "config.yaml:1: listen: an address is host:port");
    refused("region: Germany\n", "config.yaml:1: region: a region is");
    refused("sell: perhaps\n", "config.yaml:1: sell: true or false");
    refused("currency: dollars\n", "config.yaml:1: currency: three letters");
    refused("prices: rtx4090\n", "config.yaml:1: prices: prices are name=amount");
    refused("idle-exit: soon\n", "config.yaml:1: idle-exit: a duration is");
    refused("memory: much\n", "config.yaml:1: memory: a size is");
    refused("log-level: loud\n", "config.yaml:1: log-level: error, warn");
    refused("memory: 0MiB\n", "config.yaml:1: memory: more than nothing");
    refused("cpus: 0\n", "config.yaml:1: cpus: more than nothing");
    refused("region: eu\nregion: na\n", "config.yaml:2: this key stands here for the second time");
    refused("- a\n", "keys with values are wanted");
  }

  @Test
  void aHomeIsOneFolderWhenNamedAndTheXdgFoldersElse() {
    assertThat(Home.find(Optional.of(folder), Map.of()).dataFolder()).isEqualTo(folder);
    assertThat(Home.find(Optional.empty(), Map.of("XDG_DATA_HOME", "/d", "XDG_CONFIG_HOME", "/c")))
        .isEqualTo(new Home(Path.of("/c/gpumarket/config.yaml"), Path.of("/d/gpumarket")));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aHomeIsItsOwnersAlone() throws Exception {
    Home home = Home.find(Optional.of(folder.resolve("new/home")), Map.of());

    assertThat(home.makePrivate()).isEmpty();
    assertThat(rights(home.dataFolder())).isEqualTo("rwx------");
    assertThat(rights(folder.resolve("new"))).isEqualTo("rwx------");

    Files.setPosixFilePermissions(home.dataFolder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(
        home.ledgerFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

    assertThat(home.makePrivate()).containsExactly(home.dataFolder(), home.ledgerFolder());
    assertThat(rights(home.dataFolder())).isEqualTo("rwx------");
    assertThat(rights(home.ledgerFolder())).isEqualTo("rwx------");
    assertThat(home.makePrivate()).isEmpty();
  }

  private static String rights(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void valuesAreReadAndShownToTheMicro() {
    assertThat(Values.micros("0.30")).isEqualTo(300_000);
    assertThat(Values.amount(300_000)).isEqualTo("0.30");
    assertThat(Values.amount(1)).isEqualTo("0.000001");
    assertThat(Values.mib("24GiB")).isEqualTo(24_576);
    assertThat(Values.shown(Values.duration("90m"))).isEqualTo("1h30m");
    assertThatThrownBy(() -> Values.micros("0.0000001")).hasMessageContaining("six decimals");
    assertThatThrownBy(() -> Values.micros("-1")).isInstanceOf(IllegalArgumentException.class);
  }

  private void refused(String text, String why) throws Exception {
    file(text);
    assertThatThrownBy(() -> Settings.load(home(), Map.of(), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(why);
  }

  private void file(String text) throws Exception {
    Files.writeString(folder.resolve("config.yaml"), text);
  }

  private Home home() {
    return Home.find(Optional.of(folder), Map.of());
  }
}
