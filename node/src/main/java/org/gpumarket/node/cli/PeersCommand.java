package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.ListPeersRequest;
import org.gpumarket.v1.Peer;
import picocli.CommandLine.Command;

@Command(
    name = "peers",
    description = "List the nodes that this one is in touch with.",
    footer = {"", "Example:", "  gpumarket peers"})
final class PeersCommand extends PrintingCommand {
  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var peers = api.stub().listPeers(ListPeersRequest.getDefaultInstance());
      if (json()) {
        System.out.println(Json.array(peers.getPeersList()));
        return 0;
      }
      Table table = new Table("NODE", "ADDRESS", "STATE", ">CLOCK ms", "PROGRAM", "PROBLEM");
      for (Peer peer : peers.getPeersList()) {
        table.row(
            peer.getNodeId().isEmpty() ? "?" : Show.id(peer.getNodeId()),
            peer.getAddress().isEmpty() ? "(it called)" : peer.getAddress(),
            peer.getConnected() ? "connected" : "not connected",
            peer.getClockOffsetMs(),
            peer.getUserAgent(),
            peer.getProblem());
      }
      table.print(System.out);
    }
    return 0;
  }
}
