package org.gpumarket.node.settlement;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.peer.PeerConnections;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.PayoutServiceGrpc;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.SubmitPayoutRequest;
import org.gpumarket.v1.SubmitPayoutResponse;

/** Payees over the network: the id is checked in the handshake. */
public final class GrpcPayeeLink implements PayeeLink {
  private static final long DEADLINE_SECONDS = 10;

  private final PeerConnections connections;
  private final Function<NodeId, List<String>> addresses;

  /**
   * A way over these connections.
   *
   * @param addresses where a node may be found, "host:port", best first; empty when unknown
   */
  public GrpcPayeeLink(PeerConnections connections, Function<NodeId, List<String>> addresses) {
    this.connections = connections;
    this.addresses = addresses;
  }

  @Override
  public Optional<SignedEnvelope> submit(NodeId payee, SignedEnvelope payout)
      throws RefusalException {
    try {
      SubmitPayoutResponse response =
          PayoutServiceGrpc.newBlockingStub(connections.to(payee, addresses.apply(payee)))
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .submitPayout(SubmitPayoutRequest.newBuilder().setPayout(payout).build());
      return response.hasConfirmation()
          ? Optional.of(response.getConfirmation())
          : Optional.empty();
    } catch (StatusRuntimeException e) {
      throw RefusalStatus.fromStatus(e.getStatus());
    } catch (IOException e) {
      throw new RefusalException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }
}
