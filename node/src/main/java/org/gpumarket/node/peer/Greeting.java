package org.gpumarket.node.peer;

import java.time.InstantSource;
import java.util.List;
import org.gpumarket.v1.HelloRequest;
import org.gpumarket.v1.HelloResponse;

/**
 * What this node says of itself when it meets another.
 *
 * @param addresses where it can be dialled
 * @param userAgent program and version
 */
public record Greeting(List<String> addresses, String userAgent, InstantSource clock) {
  /** The version of the protocol in proto/gpumarket/v1. */
  static final int PROTOCOL_VERSION = 1;

  /** Longest name of a peer's program that is shown. */
  static final int MAX_USER_AGENT_CHARS = 64;

  public Greeting {
    addresses = List.copyOf(addresses);
  }

  HelloRequest request() {
    return HelloRequest.newBuilder()
        .setMinProtocolVersion(PROTOCOL_VERSION)
        .setMaxProtocolVersion(PROTOCOL_VERSION)
        .addAllAddresses(addresses)
        .setUserAgent(userAgent)
        .setTimeUnixMs(clock.millis())
        .build();
  }

  HelloResponse response() {
    return HelloResponse.newBuilder()
        .setProtocolVersion(PROTOCOL_VERSION)
        .addAllAddresses(addresses)
        .setUserAgent(userAgent)
        .setTimeUnixMs(clock.millis())
        .build();
  }

  /** A peer's text, safe to show in a terminal. */
  static String shown(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() <= MAX_USER_AGENT_CHARS
        ? plain
        : plain.substring(0, MAX_USER_AGENT_CHARS);
  }
}
