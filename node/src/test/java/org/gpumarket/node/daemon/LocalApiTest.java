package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceImplBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalApiTest {
  @TempDir Path folder;

  @Test
  void theOwnerReachesTheNodeThroughItsSocket() throws Exception {
    try (LocalApiServer _ = LocalApiServer.start(folder, new Named("n1"));
        LocalApi api = LocalApi.connect(folder)) {
      assertThat(api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance()).getNodeId())
          .isEqualTo("n1");
    }
  }

  @Test
  void nobodyButTheOwnerMayOpenTheSocket() throws Exception {
    try (LocalApiServer _ = LocalApiServer.start(folder, new Named("n1"))) {
      assertThat(Files.getPosixFilePermissions(LocalSocket.pathFor(folder)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void aFolderWithoutANodeIsSaidToHaveNone() {
    assertThatThrownBy(() -> LocalApi.connect(folder).close())
        .isInstanceOf(NodeNotRunningException.class)
        .hasMessage("no node runs in " + folder);
  }

  @Test
  void aSocketThatADeadNodeLeftIsTakenOver() throws Exception {
    Files.writeString(LocalSocket.pathFor(folder), "not a socket any more");

    assertThat(LocalApi.isRunning(folder)).isFalse();
    try (LocalApiServer _ = LocalApiServer.start(folder, new Named("n2"))) {
      assertThat(LocalApi.isRunning(folder)).isTrue();
    }
    assertThat(LocalApi.isRunning(folder)).isFalse();
  }

  @Test
  void aFolderTooDeepForASocketGetsAShorterPathOfItsOwn() {
    Path deep = folder.resolve("x".repeat(120));

    assertThat(LocalSocket.pathFor(deep).toString()).hasSizeLessThan(104);
    assertThat(LocalSocket.pathFor(deep))
        .isNotEqualTo(LocalSocket.pathFor(folder.resolve("y".repeat(120))));
  }

  private static final class Named extends LocalServiceImplBase {
    private final String nodeId;

    Named(String nodeId) {
      this.nodeId = nodeId;
    }

    @Override
    public void getNodeStatus(
        GetNodeStatusRequest request, StreamObserver<GetNodeStatusResponse> responses) {
      responses.onNext(GetNodeStatusResponse.newBuilder().setNodeId(nodeId).build());
      responses.onCompleted();
    }
  }
}
