package org.gpumarket.bench;

/** The control of {@link IdleNode}: the same server stack with nothing behind it. */
public final class BareServer {
  private BareServer() {}

  public static void main(String[] args) throws Exception {
    try (LoopbackServer server = new LoopbackServer(0)) {
      System.out.println("ready " + server.port());
      Thread.currentThread().join();
    }
  }
}
