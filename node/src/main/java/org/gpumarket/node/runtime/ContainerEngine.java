package org.gpumarket.node.runtime;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The engine behind a socket, asked with deadlines: one that hangs takes a call and never answers,
 * and docker-java's own time limits do nothing on Unix sockets.
 *
 * <p>After a call that was not answered in time every call fails at once, until the engine answers
 * a ping again; one such ping is under way at a time. So whoever calls a hanging engine again and
 * again waits for one deadline in all, and no more than {@link #MOST_CALLS} threads ever wait for
 * an answer. Safe for use by several threads.
 */
final class ContainerEngine implements AutoCloseable {
  /** Calls at a time: more than the leases that change at one moment. */
  static final int MOST_CALLS = 128;

  /** A folder that nobody has. */
  private static final String NO_SETTINGS = "/nonexistent";

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long a ping waits for a silent engine to come back before the next one may. */
  private static final Duration PING = Duration.ofSeconds(5);

  /** One for each container that is waited for, each reader of logs and each call. */
  private static final int CONNECTIONS = 1_024;

  private final DockerClient docker;
  private final Semaphore free = new Semaphore(MOST_CALLS);
  private final AtomicBoolean pinging = new AtomicBoolean();
  private volatile boolean silent;

  /**
   * An engine that need not be there yet. It is told nothing of the owner's Docker settings:
   * strangers name the images, and must not have them fetched with the owner's passwords.
   */
  ContainerEngine(Path socket) {
    URI host = URI.create("unix://" + socket.toAbsolutePath());
    this.docker =
        DockerClientImpl.getInstance(
            new DefaultDockerClientConfig.Builder()
                .withDockerHost(host.toString())
                .withDockerTlsVerify(false)
                .withDockerConfig(NO_SETTINGS)
                .build(),
            new ZerodepDockerHttpClient.Builder()
                .dockerHost(host)
                .connectionTimeout(CONNECT)
                .maxConnections(CONNECTIONS)
                .build());
  }

  /**
   * Calls the engine and waits for its answer.
   *
   * @throws SilentEngineException when it does not come in time, or an earlier one has not and the
   *     engine has not answered since
   * @throws RuntimeException docker-java's own, when the engine is not there or refuses
   */
  <T> T ask(Duration deadline, Function<DockerClient, T> call) {
    if (silent) {
      pingInBackground();
      throw new SilentEngineException("it takes calls and does not answer them");
    }
    if (!free.tryAcquire()) {
      throw new SilentEngineException(MOST_CALLS + " calls wait for it already");
    }
    FutureTask<T> answer = new FutureTask<>(() -> call.apply(docker));
    Thread.ofVirtual()
        .name("container-engine")
        .start(
            () -> {
              try {
                answer.run();
              } finally {
                free.release();
              }
            });
    try {
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      silent = true;
      pingInBackground();
      throw new SilentEngineException("no answer within " + deadline.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException refusal
          ? refusal
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new SilentEngineException("interrupted while waiting for it");
    } finally {
      answer.cancel(true); // Closes the connection of a call that nobody waits for any more.
    }
  }

  /** For calls whose answer is meant to take long: waiting for an end, following, fetching. */
  DockerClient docker() {
    return docker;
  }

  @Override
  public void close() {
    try {
      docker.close();
    } catch (IOException _) {
      // It holds connections only, and they end with the process.
    }
  }

  private void pingInBackground() {
    if (pinging.compareAndSet(false, true)) {
      Thread.ofVirtual().name("container-engine-patience").start(this::pingOnce);
    }
  }

  /**
   * Pings once. An engine that is gone is not silent: calls to it fail by themselves. A ping that
   * hangs is given up, since another engine may have taken the place of the one that it reached.
   */
  private void pingOnce() {
    FutureTask<Boolean> ping = new FutureTask<>(this::hasAnswered);
    Thread.ofVirtual().name("container-engine-ping").start(ping);
    try {
      silent = !ping.get(PING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // Still silent.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      ping.cancel(true);
      pinging.set(false);
    }
  }

  private boolean hasAnswered() {
    try {
      docker.pingCmd().exec();
    } catch (RuntimeException _) {
      // What is wrong is for the next call to say.
    }
    return true;
  }
}
