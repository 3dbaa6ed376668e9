package org.gpumarket.node.peer;

/**
 * A peer as this node sees it, for lists.
 *
 * @param nodeId empty until a handshake has proved it
 * @param address where it was dialled; empty when it dialled
 * @param userAgent what it calls its program
 * @param clockOffsetMillis its clock minus ours
 * @param problem why it is not connected; empty when it is
 */
public record PeerView(
    String nodeId,
    String address,
    boolean connected,
    boolean outbound,
    String userAgent,
    long clockOffsetMillis,
    String problem) {}
