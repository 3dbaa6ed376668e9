package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.FollowLogsResponse;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.LocalServiceGrpc.LocalServiceImplBase;
import org.gpumarket.v1.SignedEnvelope;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSocketsFolderThatOthersMayWriteInIsRefused() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    refused(open, "is open to others: run chmod 700");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSocketsFolderThatIsALinkIsRefused() throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));

    refused(Files.createSymbolicLink(folder.resolve("link"), own), "belongs to somebody else");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSocketsFolderOfAnotherUserIsRefused() throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
    Files.setAttribute(foreign, "unix:uid", 65_534);

    refused(foreign, "belongs to somebody else");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSocketsFolderThatIsMadeIsItsOwnersAlone() throws Exception {
    Path made = folder.resolve("made");

    LocalSocket.prepare(made.resolve("0123.sock"));

    assertThat(Files.getPosixFilePermissions(made))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  private static void refused(Path socketFolder, String why) {
    Path socket = socketFolder.resolve("0123.sock");
    assertThatThrownBy(() -> LocalSocket.prepare(socket))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(socketFolder + " " + why);
    assertThatThrownBy(() -> LocalSocket.requireOwn(socket)).isInstanceOf(IOException.class);
  }

  @Test
  void outputThatNobodyReadsIsNotHeapedUpAndALeavingReaderEndsIt() throws Exception {
    CompletableFuture<Integer> written = new CompletableFuture<>();
    try (LocalApiServer _ = LocalApiServer.start(folder, new Chatty(written));
        LocalApi api = LocalApi.connect(folder);
        Context.CancellableContext reading = Context.current().withCancellation()) {
      reading.call(
          () -> api.stub().followLogs(FollowLogsRequest.getDefaultInstance()).next().getData());
      reading.cancel(null);

      assertThat(written.get(30, TimeUnit.SECONDS)).isLessThan(Chatty.MOST);
    }
  }

  @Test
  void entriesThatAreLongerThanAMessageComeInPages() throws Exception {
    LedgerEntry longest =
        LedgerEntry.newBuilder()
            .setLeaseAgreed(
                LeaseAgreed.newBuilder()
                    .setConsumerLease(
                        SignedEnvelope.newBuilder()
                            .setPayload(ByteString.copyFrom(new byte[65_000]))))
            .build();
    try (LocalApiServer _ = LocalApiServer.start(folder, new Entries(400, longest));
        LocalApi api = LocalApi.connect(folder)) {
      assertThat(LocalApi.lastEntries(api.stub(), 300))
          .extracting(IndexedEntry::getIndex)
          .isEqualTo(LongStream.range(100, 400).boxed().toList());
      assertThat(LocalApi.lastEntries(api.stub(), 1_000)).hasSize(400);
    }
  }

  /** So many entries, all alike. */
  private static final class Entries extends LocalServiceImplBase {
    private final long size;
    private final LedgerEntry entry;

    Entries(long size, LedgerEntry entry) {
      this.size = size;
      this.entry = entry;
    }

    @Override
    public void listEntries(
        ListEntriesRequest request, StreamObserver<ListEntriesResponse> responses) {
      try {
        responses.onNext(EntryPages.page(size, _ -> entry, request));
        responses.onCompleted();
      } catch (LedgerException e) {
        responses.onError(e);
      }
    }
  }

  /** Writes as fast as it can. */
  private static final class Chatty extends LocalServiceImplBase {
    static final int MOST = 2_000;

    private final CompletableFuture<Integer> written;

    Chatty(CompletableFuture<Integer> written) {
      this.written = written;
    }

    @Override
    public void followLogs(
        FollowLogsRequest request, StreamObserver<FollowLogsResponse> responses) {
      var stream = (ServerCallStreamObserver<FollowLogsResponse>) responses;
      stream.setOnCancelHandler(() -> {});
      try (FollowedLogs logs = new FollowedLogs(stream)) {
        int pieces = 0;
        while (pieces < MOST && logs.write(LogSink.Stream.STDOUT, new byte[16 << 10])) {
          pieces++;
        }
        written.complete(pieces);
      }
    }
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
