package org.gpumarket.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.node.deployment.DeploymentFile;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.DeployRequest;
import org.gpumarket.v1.DeployResponse;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListLeasesRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One end of a lease is killed in each of its states, and comes back. The first states last for
 * moments: there the kill follows the word of the state, so it hits that state or the next. Frozen
 * processes hold the others for as long as it takes.
 */
class KilledInEveryStateTest {
  private static final String WORK =
      """
      name: work
      workloads:
        main:
          runtime: process
          command: [sleep, '600']
          accept-simulated: true
          duration: 1h
      """;

  /** More cards than quotes that a killed consumer may leave behind for half a minute. */
  private static final String[] RIG = {
    "--simulate-gpus", "6xrtx4090", "--allow-process-runtime", "true", "--voucher-grace", "2s"
  };

  @TempDir Path folder;
  private RigAndLaptop market;
  private Program rig;
  private Program laptop;
  private DeployRequest work = DeployRequest.getDefaultInstance();

  /** Every lease that a user was told of. */
  private final Set<String> told = new TreeSet<>();

  @BeforeEach
  void start() throws Exception {
    market = RigAndLaptop.start(folder.resolve("rig"), folder.resolve("laptop"), RIG);
    market.pinRig(RIG);
    rig = market.rig();
    laptop = market.laptop();
    work = DeploymentFile.read(laptop.file("work.yaml", WORK));
  }

  @AfterEach
  void end() {
    if (market != null) {
      market.close();
    }
  }

  @Test
  void aProviderKilledInAnyStateComesBackToBooksThatAgreeAndLeavesNothingRunning()
      throws Exception {
    killAtTheBeginning(rig);

    deployUntil(LeaseState.LEASE_STATE_RUNNING);
    laptop.freeze();
    await(rig, LeaseState.LEASE_STATE_SUSPENDED);
    rig.kill();
    laptop.thaw();
    rig.upAgain();
    closeAll();

    String lease = deployUntil(LeaseState.LEASE_STATE_RUNNING);
    laptop.freeze();
    closeInBackground(rig, lease);
    await(rig, LeaseState.LEASE_STATE_CLOSING);
    rig.kill();
    laptop.thaw();
    rig.upAgain();
    closeAll();

    assertBooksAgree();
  }

  @Test
  void aConsumerKilledInAnyStateComesBackToBooksThatAgreeAndLeavesNothingRunning()
      throws Exception {
    killAtTheBeginning(laptop);

    deployUntil(LeaseState.LEASE_STATE_RUNNING);
    laptop.freeze();
    await(rig, LeaseState.LEASE_STATE_SUSPENDED);
    laptop.kill();
    laptop.upAgain();
    closeAll();

    String lease = deployUntil(LeaseState.LEASE_STATE_RUNNING);
    rig.freeze();
    closeInBackground(laptop, lease);
    await(laptop, LeaseState.LEASE_STATE_CLOSING);
    laptop.kill();
    rig.thaw();
    laptop.upAgain();
    closeAll();

    assertBooksAgree();
  }

  private void killAtTheBeginning(Program victim) throws Exception {
    for (LeaseState state :
        List.of(
            LeaseState.LEASE_STATE_RESERVED,
            LeaseState.LEASE_STATE_AGREED,
            LeaseState.LEASE_STATE_STARTING,
            LeaseState.LEASE_STATE_RUNNING)) {
      deployUntil(state);
      victim.kill();
      victim.upAgain();
      closeAll();
    }
  }

  /** Returns in the moment in which the user hears of the state; answers the lease's id. */
  private String deployUntil(LeaseState state) {
    DeployRequest request =
        work.toBuilder()
            .setRequestId(Base32.randomId(new SecureRandom()))
            .setWaitMs(30_000)
            .build();
    try (LocalApi api = laptop.api()) {
      var steps = api.stub().deploy(request);
      List<String> problems = new ArrayList<>();
      while (steps.hasNext()) {
        DeployResponse step = steps.next();
        if (step.hasMatchFailed()) {
          problems.add(step.getMatchFailed().getProblem());
        }
        assertThat(step.hasMatchRefused()).as(step + "after " + problems).isFalse();
        if (step.hasMatchChosen() && state == LeaseState.LEASE_STATE_RESERVED) {
          return "";
        }
        if (step.hasLease()) {
          told.add(step.getLease().getLeaseId());
          if (step.getLease().getStatus().getState().getNumber() >= state.getNumber()) {
            return step.getLease().getLeaseId();
          }
        }
      }
    }
    throw new AssertionError("no lease came to " + state);
  }

  private static void await(Program program, LeaseState state) {
    Program.await(
        "a lease is " + state,
        () -> leases(program).values().stream().anyMatch(l -> l.getStatus().getState() == state));
  }

  /** Asks for it and does not wait for the other side, which does not answer. */
  private static void closeInBackground(Program program, String lease) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (LocalApi api = program.api()) {
                close(api, lease);
              }
            });
  }

  private static void close(LocalApi api, String lease) {
    try {
      var _ = api.stub().closeLeases(CloseLeasesRequest.newBuilder().setTarget(lease).build());
    } catch (StatusRuntimeException _) {
      // It has ended meanwhile, or its node has.
    }
  }

  /** Ends what still runs; returns when both sides say that it is over, and no process is left. */
  private void closeAll() {
    Program.await(
        "every lease is closed on both sides",
        () -> {
          try (LocalApi api = laptop.api()) {
            open(laptop).forEach(lease -> close(api, lease));
          }
          return open(laptop).isEmpty() && open(rig).isEmpty();
        });
    Program.await(
        "no workload runs",
        () ->
            ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .noneMatch(
                    line -> line.contains(rig.home().toString()) && line.contains("run.sh")));
  }

  private static List<String> open(Program program) {
    return leases(program).values().stream()
        .filter(lease -> lease.getStatus().getState() != LeaseState.LEASE_STATE_CLOSED)
        .map(LeaseView::getLeaseId)
        .toList();
  }

  private static Map<String, LeaseView> leases(Program program) {
    try (LocalApi api = program.api()) {
      Map<String, LeaseView> leases = new TreeMap<>();
      api.stub()
          .listLeases(ListLeasesRequest.newBuilder().setIncludeClosed(true).build())
          .getLeasesList()
          .forEach(lease -> leases.put(lease.getLeaseId(), lease));
      return leases;
    }
  }

  private void assertBooksAgree() throws Exception {
    Map<String, LeaseView> sold = leases(rig);
    Map<String, LeaseView> bought = leases(laptop);
    assertThat(told).hasSizeGreaterThanOrEqualTo(5);
    assertThat(sold).containsKeys(told.toArray(String[]::new));
    assertThat(bought).containsKeys(told.toArray(String[]::new));
    sold.forEach(
        (id, lease) -> {
          assertThat(lease.getVouchered()).as(id).isEqualTo(lease.getOwed());
          if (bought.containsKey(id)) {
            assertThat(bought.get(id).getVouchered()).as(id).isEqualTo(lease.getVouchered());
          }
        });
    market.bothLedgersHold();
  }
}
