package org.gpumarket.node.daemon;

import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.peer.PeerView;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.settings.Setting;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.ListPeersResponse;
import org.gpumarket.v1.Peer;
import org.gpumarket.v1.RigGpu;

/** What the owner is told about the node itself: its rig, its peers, what it is doing. */
final class LocalNodeStatus {
  private final Node node;

  LocalNodeStatus(Node node) {
    this.node = node;
  }

  GetNodeStatusResponse status() throws LedgerException {
    return GetNodeStatusResponse.newBuilder()
        .setNodeId(node.nodeId().text())
        .setVersion(Version.NUMBER)
        .setStartTimeUnixMs(node.startMillis())
        .setListenAddress(node.listenAddress())
        .addAllAdvertisedAddresses(node.advertisedAddresses())
        .setRegion(node.settings().text(Setting.REGION))
        .addAllGpus(node.rig().gpus().stream().map(this::gpu).toList())
        .addAllRuntimes(node.usable())
        .setPeerCount((int) node.sessions().peers().stream().filter(PeerView::connected).count())
        .setOfferCount(node.board().size())
        .setProviderLeaseCount(node.provided().openCount())
        .setConsumerLeaseCount(node.taken().openCount())
        .setRefusal(node.ledger().unavailable().orElse(""))
        .setLedgerSize(node.ledger().size())
        .setIdleExitMs(node.settings().duration(Setting.IDLE_EXIT).toMillis())
        .build();
  }

  private RigGpu gpu(Gpu gpu) {
    return RigGpu.newBuilder()
        .setIndex(gpu.index())
        .setUuid(gpu.uuid())
        .setGpu(gpu.model())
        .setPrice(node.rig().price(gpu))
        .setSimulated(gpu.simulated())
        .setLeaseId(node.holds().holder(gpu.uuid()).orElse(""))
        .build();
  }

  ListPeersResponse peers() {
    return ListPeersResponse.newBuilder()
        .addAllPeers(node.sessions().peers().stream().map(LocalNodeStatus::peer).toList())
        .build();
  }

  private static Peer peer(PeerView view) {
    return Peer.newBuilder()
        .setNodeId(view.nodeId())
        .setAddress(view.address())
        .setConnected(view.connected())
        .setOutbound(view.outbound())
        .setUserAgent(view.userAgent())
        .setClockOffsetMs(view.clockOffsetMillis())
        .setProblem(view.problem())
        .build();
  }
}
