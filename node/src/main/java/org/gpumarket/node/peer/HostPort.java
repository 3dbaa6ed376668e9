package org.gpumarket.node.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

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
    return resolveAll().getFirst();
  }

  /** Every numeric address, one or more, looked up where it is a name. Blocks. */
  List<InetAddress> resolveAll() throws UnknownHostException {
    if (!numeric()) {
      return List.of(InetAddress.getAllByName(host));
    }
    try {
      return List.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      throw new UnknownHostException("'" + host + "' is no numeric address");
    }
  }

  /**
   * Whether the host is written as a number, so that resolving asks nobody. A name holds no colon,
   * and its last part is no number (RFC 3696, section 2).
   */
  public boolean numeric() {
    String last = host.substring(host.lastIndexOf('.') + 1);
    return host.indexOf(':') >= 0 || last.matches("[0-9]+|0[xX][0-9a-fA-F]*");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
