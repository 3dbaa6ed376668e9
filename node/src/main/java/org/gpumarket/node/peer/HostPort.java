package org.gpumarket.node.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a node listens: "host:port", IPv6 in brackets.
 *
 * @param host a name or a numeric address, without brackets
 * @param port 1 to 65535; 0 only for listening, where it asks for any free port
 */
public record HostPort(String host, int port) {
  private static final int MAX_HOST_CHARS = 253;

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException with one sentence when it is none
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("an address is host:port, not '" + shown(text) + "'");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || host.length() > MAX_HOST_CHARS || !host.matches("[A-Za-z0-9.:%_-]+")) {
      throw new IllegalArgumentException("not a host: '" + shown(host) + "'");
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
      }
      return new HostPort(host, port);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(
          "an address ends in a port number: '" + shown(text) + "' does not");
    }
  }

  /** The numeric address, looked up where it is a name. Blocks. */
  public InetAddress resolve() throws UnknownHostException {
    return InetAddress.getByName(host);
  }

  /** Whether the host is written as a number, so that resolving asks nobody. */
  public boolean numeric() {
    return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
