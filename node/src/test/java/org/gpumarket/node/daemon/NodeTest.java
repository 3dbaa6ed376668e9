package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.gpumarket.node.settings.Home;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.node.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
  @TempDir Path folder;

  @Test
  void aNodeThatCannotListenLeavesNothingOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Settings settings = settings(taken.getLocalPort());
      assertThatThrownBy(() -> new Node(settings, Optional.empty()).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen");
    }

    // The ledger's lock is free again.
    try (Node node = new Node(settings(0), Optional.empty())) {
      assertThat(node.ledger().size()).isEqualTo(1);
    }
  }

  private Settings settings(int port) throws Exception {
    return Settings.load(
        Home.find(Optional.of(folder), Map.of()),
        Map.of(Setting.LISTEN, "127.0.0.1:" + port, Setting.SELL, "false"),
        Map.of());
  }
}
