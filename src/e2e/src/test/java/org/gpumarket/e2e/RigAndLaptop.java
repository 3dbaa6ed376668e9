package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A provider with one simulated kind of card and a consumer that knows it, as processes. */
record RigAndLaptop(Program rig, Program laptop) implements AutoCloseable {
  private static final String ANY_PORT = "127.0.0.1:0";

  /**
   * Starts both, and waits until the laptop has seen the rig's offer.
   *
   * @param rigFlags beside listening address, region and a short settlement interval
   */
  static RigAndLaptop start(Path rigHome, Path laptopHome, String... rigFlags) throws Exception {
    RigAndLaptop both = new RigAndLaptop(new Program(rigHome), new Program(laptopHome));
    try {
      both.rig.up(flags(ANY_PORT, rigFlags));
      both.laptop.up("--listen", ANY_PORT, "--sell", "false", "--bootstrap", both.rig.address());
      both.laptop.awaitOutput("rtx4090", "offers", "--simulated");
      return both;
    } catch (Exception | AssertionError e) {
      both.close();
      throw e;
    }
  }

  /** The same flags, with the address at which a rig that is started anew is found again. */
  void pinRig(String... rigFlags) throws Exception {
    rig.flags(flags(rig.address(), rigFlags));
  }

  /** Deploys a file's text from the laptop. */
  void deploy(String text) throws Exception {
    Program.Result deployed = laptop.run("deploy", laptop.file("work.yaml", text).toString());
    assertThat(deployed.status()).as(deployed.out() + deployed.err()).isZero();
  }

  void bothLedgersHold() throws Exception {
    assertThat(rig.run("ledger", "verify").out()).contains("The ledger holds");
    assertThat(laptop.run("ledger", "verify").out()).contains("The ledger holds");
  }

  @Override
  public void close() {
    laptop.close();
    rig.close();
  }

  private static String[] flags(String listen, String... more) {
    List<String> flags =
        new ArrayList<>(
            List.of("--listen", listen, "--region", "eu-de", "--settlement-interval", "500ms"));
    flags.addAll(List.of(more));
    return flags.toArray(String[]::new);
  }
}
