package org.gpumarket.node.lease;

import io.grpc.Channel;
import java.io.IOException;
import java.util.List;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;

/** Providers over the network: the id is checked in the handshake. */
public final class GrpcProviders implements Providers {
  private final PeerConnections connections;

  public GrpcProviders(PeerConnections connections) {
    this.connections = connections;
  }

  @Override
  public ProviderLink to(NodeId provider, List<String> addresses) throws RefusalException {
    try {
      Channel channel = connections.to(provider, addresses);
      return new GrpcProviderLink(channel);
    } catch (IOException e) {
      throw new RefusalException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }
}
