package org.gpumarket.node.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a growing file from where it last stopped. Used by one thread. */
final class LogFollower implements AutoCloseable {
  private static final int PIECE_BYTES = 16 << 10;

  private final Path file;
  private final LogSink.Stream stream;
  private final ByteBuffer buffer = ByteBuffer.allocate(PIECE_BYTES);
  private @Nullable FileChannel channel;

  LogFollower(Path file, LogSink.Stream stream) {
    this.file = file;
    this.stream = stream;
  }

  /** Skips all but the last lines; 0 skips nothing. */
  void begin(int tailLines) throws IOException {
    if (tailLines > 0 && Files.exists(file)) {
      open().position(tailStart(tailLines));
    }
  }

  /** Hands over what is new; false when no more is wanted. */
  boolean drain(LogSink sink) throws IOException {
    if (channel == null && !Files.exists(file)) {
      return true;
    }
    FileChannel from = open();
    if (from.position() > from.size()) {
      from.position(0); // It was cut because it had grown too long.
    }
    while (from.read(buffer.clear()) > 0) {
      if (!sink.write(stream, Arrays.copyOf(buffer.array(), buffer.position()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  private FileChannel open() throws IOException {
    FileChannel known = channel;
    if (known == null) {
      known = FileChannel.open(file, StandardOpenOption.READ);
      channel = known;
    }
    return known;
  }

  /** Where the last lines begin, looking back from the end; the file's own last end is no line. */
  private long tailStart(int lines) throws IOException {
    FileChannel from = open();
    long at = from.size();
    int missing = lines;
    ByteBuffer one = ByteBuffer.allocate(PIECE_BYTES);
    boolean last = true;
    while (at > 0) {
      int length = (int) Math.min(PIECE_BYTES, at);
      from.read(one.clear().limit(length), at - length);
      for (int i = length - 1; i >= 0; i--) {
        if (one.get(i) == '\n' && !last && --missing == 0) {
          return at - length + i + 1;
        }
        last = false;
      }
      at -= length;
    }
    return 0;
  }
}
