package org.gpumarket.node.peer;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.gpumarket.ledger.signing.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Where one node may be: resolves to those of its addresses that may be dialled, and a channel
 * tries each in turn. What is dialled is the very address that was checked. The one that answered
 * last comes first, so that dead ones cost their time once. Safe for use by several threads.
 */
final class NodeRoute extends NameResolverProvider {
  /** Addresses that are tried: with {@link PeerConnections#CONNECT_MILLIS} within any deadline. */
  static final int MAX_TRIED = 4;

  private static final String SCHEME = "gpumarket-node";

  private final NodeId node;
  private final AddressPolicy policy;
  private final Executor lookups;
  private volatile List<HostPort> told;
  private volatile @Nullable SocketAddress answeredLast;

  NodeRoute(NodeId node, List<HostPort> told, AddressPolicy policy, Executor lookups) {
    this.node = node;
    this.told = told;
    this.policy = policy;
    this.lookups = lookups;
  }

  /**
   * Says where the node is, from the next attempt to connect on.
   *
   * @return whether that is news
   */
  boolean tell(List<HostPort> addresses) {
    boolean news = !addresses.equals(told);
    told = addresses;
    return news;
  }

  String target() {
    return SCHEME + ":///" + node;
  }

  /** Notes which address answered, and proved to be the node. */
  ClientTransportFilter noting() {
    return new ClientTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        answeredLast = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return attributes;
      }
    };
  }

  /** What may be dialled, in the order to try. Looks names up and blocks. */
  List<InetSocketAddress> dialable() {
    List<InetSocketAddress> found =
        told.stream().flatMap(this::lookUp).distinct().limit(MAX_TRIED).toList();
    return Stream.concat(
            found.stream().filter(address -> address.equals(answeredLast)),
            found.stream().filter(address -> !address.equals(answeredLast)))
        .toList();
  }

  private Stream<InetSocketAddress> lookUp(HostPort address) {
    try {
      return policy.dialable(node, address).stream()
          .map(found -> new InetSocketAddress(found, address.port()));
    } catch (UnknownHostException _) {
      return Stream.empty();
    }
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new Resolver();
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  /** The route as gRPC asks for it: at first, and whenever no address answers any more. */
  private final class Resolver extends NameResolver {
    private volatile @Nullable Listener2 listener;

    @Override
    public String getServiceAuthority() {
      return PeerConnections.AUTHORITY;
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      lookups.execute(
          () -> {
            Listener2 to = listener;
            if (to != null) {
              answer(to);
            }
          });
    }

    private void answer(Listener2 to) {
      List<InetSocketAddress> addresses = dialable();
      if (addresses.isEmpty()) {
        to.onError(
            Status.UNAVAILABLE.withDescription(
                "node " + node.abbreviated() + " has no address that may be dialled from here"));
        return;
      }
      to.onResult(
          ResolutionResult.newBuilder()
              .setAddressesOrError(
                  StatusOr.fromValue(
                      addresses.stream()
                          .map(address -> new EquivalentAddressGroup((SocketAddress) address))
                          .toList()))
              .build());
    }

    @Override
    public void shutdown() {
      listener = null;
    }
  }
}
