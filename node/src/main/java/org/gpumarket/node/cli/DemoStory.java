package org.gpumarket.node.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.node.daemon.LedgerCheck;
import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.Balance;
import org.gpumarket.v1.FollowLogsRequest;
import org.gpumarket.v1.FollowLogsResponse;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListBalancesRequest;
import org.gpumarket.v1.ListLeasesRequest;
import org.gpumarket.v1.SearchOffersRequest;
import org.gpumarket.v1.VerifyLedgerReport;
import picocli.CommandLine.Help.Ansi;

/** Tells the demonstration step by step: the command, and what it really says. */
final class DemoStory {
  private static final String BERLIN = "berlin";
  private static final String TEXAS = "texas";
  private static final String LAPTOP = "laptop";
  private static final String REFERENCE = "demo-payment-1";
  private static final long WAIT_SECONDS = 20;
  private static final long LOG_SECONDS = 7;

  private final DemoMarket market;
  private final Path file;

  DemoStory(DemoMarket market, Path file) {
    this.market = market;
    this.file = file;
  }

  /** Whether both ledgers verify and agree at the end. */
  boolean tell() throws Failure, IOException {
    System.out.println(
        "This runs a market of three nodes on this machine. Their GPUs are simulated, and the two");
    System.out.println(
        "providers allow plain processes, which a real one should not: containers need Podman or"
            + " Docker.");
    startNodes();
    step("What is on offer, as the laptop knows it:");
    run(LAPTOP, "offers", "--simulated");
    step("The laptop deploys a file. The cheapest provider that fits is chosen:");
    if (run(LAPTOP, "deploy", file.toString()) != 0) {
      return false;
    }
    LeaseView lease = lease();
    String provider = lease.getCounterparty().equals(nodeId(TEXAS)) ? TEXAS : BERLIN;
    step("It really runs; this is its output, while usage is told and paid by voucher:");
    followLogs(lease);
    run(LAPTOP, "ps");
    step("The laptop ends the lease; the last usage and voucher settle it:");
    run(LAPTOP, "stop", lease.getLeaseId());
    step("The rig sees what it earned:");
    run(provider, "earnings");
    step("The laptop's owner pays outside the program and says so; the rig's owner confirms it:");
    run(LAPTOP, "payout", "record", lease.getCounterparty(), "--reference", REFERENCE);
    await(() -> payoutIs(provider, "claimed"));
    run(provider, "payout", "confirm", REFERENCE);
    await(() -> payoutIs(LAPTOP, "confirmed"));
    step("Both books, and the check that anybody can repeat:");
    run(LAPTOP, "payouts");
    run(provider, "payouts");
    boolean verified =
        run(LAPTOP, "ledger", "verify") == 0 && run(provider, "ledger", "verify") == 0;
    return verified && agree(provider);
  }

  private void startNodes() throws Failure, IOException {
    step("Two rigs and a laptop come up:");
    List<String> rig =
        List.of(
            "--listen",
            "127.0.0.1:0",
            "--allow-process-runtime",
            "true",
            "--settlement-interval",
            "2s",
            "--voucher-grace",
            "10s");
    up(
        BERLIN,
        plus(rig, "--region", "eu-de", "--simulate-gpus", "2xrtx4090", "--prices", "rtx4090=0.30"));
    String berlin = status(BERLIN).getListenAddress();
    up(
        TEXAS,
        plus(
            rig,
            "--region",
            "na-us-tx",
            "--simulate-gpus",
            "1xrtx4090",
            "--prices",
            "rtx4090=0.20",
            "--bootstrap",
            berlin));
    up(LAPTOP, List.of("--listen", "127.0.0.1:0", "--sell", "false", "--bootstrap", berlin));
    await(() -> offersKnown() == 2);
  }

  private void up(String name, List<String> flags) throws Failure, IOException {
    show(name, plus(List.of("up"), flags.toArray(String[]::new)));
    market.start(name, flags);
  }

  /** Runs a command as a person would type it, in this process. */
  private int run(String name, String... arguments) {
    show(name, List.of(arguments));
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--home");
    all.add(market.home(name).toString());
    return Gpumarket.commandLine().execute(all.toArray(String[]::new));
  }

  private static void step(String sentence) {
    System.out.println();
    System.out.println(Ansi.AUTO.string("@|bold " + sentence + "|@"));
  }

  private static void show(String name, List<String> arguments) {
    System.out.println(
        Ansi.AUTO.string("@|cyan " + name + "$|@ ") + "gpumarket " + String.join(" ", arguments));
  }

  private void followLogs(LeaseView lease) throws Failure, IOException {
    show(LAPTOP, List.of("logs", "-f", Show.id(lease.getLeaseId())));
    try (LocalApi api = market.connect(LAPTOP)) {
      Iterator<FollowLogsResponse> pieces =
          api.stub()
              .withDeadlineAfter(LOG_SECONDS, TimeUnit.SECONDS)
              .followLogs(
                  FollowLogsRequest.newBuilder()
                      .setTarget(lease.getLeaseId())
                      .setFollow(true)
                      .build());
      while (pieces.hasNext()) {
        pieces.next().getData().writeTo(System.out);
        System.out.flush();
      }
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  private LeaseView lease() throws Failure {
    try (LocalApi api = market.connect(LAPTOP)) {
      return api.stub().listLeases(ListLeasesRequest.getDefaultInstance()).getLeases(0);
    }
  }

  private GetNodeStatusResponse status(String name) throws Failure {
    try (LocalApi api = market.connect(name)) {
      return api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance());
    }
  }

  private String nodeId(String name) throws Failure {
    return status(name).getNodeId();
  }

  private int offersKnown() {
    try (LocalApi api = market.connect(LAPTOP)) {
      return api.stub().searchOffers(SearchOffersRequest.getDefaultInstance()).getConsideredCount();
    } catch (Failure _) {
      return 0;
    }
  }

  private boolean payoutIs(String name, String state) {
    try (LocalApi api = market.connect(name)) {
      return api
          .stub()
          .listBalances(ListBalancesRequest.getDefaultInstance())
          .getPayoutsList()
          .stream()
          .anyMatch(payout -> payout.getState().equals(state));
    } catch (Failure _) {
      return false;
    }
  }

  /** Earned is spent, what was paid is off both books, and both ledgers hold. */
  private boolean agree(String provider) throws Failure {
    Balance earned = balance(provider);
    Balance spent = balance(LAPTOP);
    return earned.getRevenueMicros() > 0
        && earned.getRevenueMicros() == spent.getExpenseMicros()
        && earned.getReceivableMicros() == spent.getPayableMicros()
        && earned.getReceivableMicros() == 0
        && spent.getInTransitMicros() == 0
        && verified(provider)
        && verified(LAPTOP);
  }

  private boolean verified(String name) throws Failure {
    try (LocalApi api = market.connect(name)) {
      VerifyLedgerReport report = LedgerCheck.ask(api, VerifyScope.FULL, _ -> {});
      return report.getProblem().isEmpty() && report.getEntryCount() > 1;
    } catch (LedgerException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private Balance balance(String name) throws Failure {
    try (LocalApi api = market.connect(name)) {
      return api.stub().listBalances(ListBalancesRequest.getDefaultInstance()).getBalances(0);
    }
  }

  private static void await(BooleanSupplier condition) throws Failure {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new Failure("the demo waits for something that does not come");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static List<String> plus(List<String> first, String... more) {
    List<String> both = new ArrayList<>(first);
    both.addAll(List.of(more));
    return both;
  }
}
