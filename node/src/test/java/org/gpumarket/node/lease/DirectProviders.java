package org.gpumarket.node.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.lease.ProviderLeases.Agreed;
import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.AgreeLeaseRequest;
import org.gpumarket.v1.AgreeLeaseResponse;
import org.gpumarket.v1.CloseLeaseRequest;
import org.gpumarket.v1.ExtendLeaseRequest;
import org.gpumarket.v1.ExtendLeaseResponse;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.SettleResponse;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.StartLeaseRequest;
import org.gpumarket.v1.StreamLogsRequest;
import org.gpumarket.v1.VoucherReceipt;
import org.gpumarket.v1.VoucherRefusal;

/** The network between a consumer and providers in the same process, and what it may do wrong. */
final class DirectProviders implements Providers {
  private final NodeId caller;
  private final ManualTime time;
  private final Map<NodeId, ProviderSide> providers;
  private final List<Link> links = new ArrayList<>();

  boolean down;
  boolean downAfterAgreeing;
  boolean losesVouchers;

  /** Streams stay open and bring nothing. */
  boolean silent;

  int losesAgreeAnswers;
  int losesAgreeRequests;
  int losesExtendAnswers;
  Runnable beforeAgreeing = () -> {};
  UnaryOperator<SettleResponse> onTheWay = UnaryOperator.identity();
  UnaryOperator<SignedEnvelope> quotesOnTheWay = UnaryOperator.identity();

  /** What a provider answers that does not end a lease when it is told to. */
  Optional<LeaseStatus> closeAnswer = Optional.empty();

  final List<String> refusals = new ArrayList<>();
  final List<Long> receipts = new ArrayList<>();

  DirectProviders(NodeId caller, ManualTime time, Map<NodeId, ProviderSide> providers) {
    this.caller = caller;
    this.time = time;
    this.providers = providers;
  }

  @Override
  public ProviderLink to(NodeId provider, List<String> addresses) {
    return new Link(java.util.Objects.requireNonNull(providers.get(provider)));
  }

  /** Every stream breaks, as when one end is killed. */
  void breakStreams() {
    List<Link> open = List.copyOf(links);
    links.clear();
    open.forEach(Link::broken);
  }

  /** The newest settlement stream, to send through it what a correct consumer never would. */
  ProviderLink.Settlement stream() {
    return links.getLast().settlement();
  }

  /** Sends something to the consumer over its newest settlement stream, as a provider would. */
  void tell(SettleResponse response) {
    links.getLast().events.received(response);
  }

  private RefusalException unreachable() {
    return new RefusalException(Reason.UNAVAILABLE, "nobody answers");
  }

  private final class Link implements ProviderLink {
    private final ProviderSide to;
    private SettlementEvents events = new NoEvents();
    private Settlement open = new NoSettlement();

    Link(ProviderSide to) {
      this.to = to;
    }

    Settlement settlement() {
      return open;
    }

    void broken() {
      SettlementEvents told = events;
      time.execute(() -> told.ended(unreachable()));
    }

    private ProviderLeases reach() throws RefusalException {
      if (down) {
        throw unreachable();
      }
      return to.leases;
    }

    @Override
    public SignedEnvelope requestQuote(RequestQuoteRequest request) throws RefusalException {
      return quotesOnTheWay.apply(reach().requestQuote(caller, request));
    }

    @Override
    public AgreeLeaseResponse agree(AgreeLeaseRequest request) throws RefusalException {
      if (losesAgreeRequests > 0) {
        losesAgreeRequests--;
        throw unreachable();
      }
      beforeAgreeing.run();
      Agreed agreed = reach().agree(caller, request.getLease());
      if (downAfterAgreeing) {
        down = true;
        throw unreachable();
      }
      if (losesAgreeAnswers > 0) {
        losesAgreeAnswers--;
        throw unreachable();
      }
      return AgreeLeaseResponse.newBuilder()
          .setLease(agreed.countersigned())
          .setStatus(agreed.status())
          .build();
    }

    @Override
    public LeaseStatus start(StartLeaseRequest request) throws RefusalException {
      return reach().start(caller, request.getLeaseId(), request.getGpusList());
    }

    @Override
    public ExtendLeaseResponse extend(ExtendLeaseRequest request) throws RefusalException {
      Agreed agreed = reach().extend(caller, request.getExtension());
      if (losesExtendAnswers > 0) {
        losesExtendAnswers--;
        throw unreachable();
      }
      return ExtendLeaseResponse.newBuilder()
          .setExtension(agreed.countersigned())
          .setStatus(agreed.status())
          .build();
    }

    @Override
    public LeaseStatus close(CloseLeaseRequest request) throws RefusalException {
      if (closeAnswer.isPresent()) {
        return closeAnswer.get();
      }
      return reach().close(caller, request.getLeaseId(), request.getReason());
    }

    @Override
    public Settlement settle(String leaseId, SettlementEvents told) {
      events = told;
      try {
        Listener listener = new Listener(told);
        ProviderLeases.Settling settling = reach().settle(caller, leaseId, listener);
        open = new OpenSettlement(settling);
        links.add(this);
      } catch (RefusalException e) {
        time.execute(() -> told.ended(e));
      }
      return open;
    }

    @Override
    public void streamLogs(StreamLogsRequest request, LogSink sink) throws RefusalException {
      reach()
          .streamLogs(
              caller, request.getLeaseId(), request.getFollow(), request.getTailLines(), sink);
    }
  }

  private final class OpenSettlement implements ProviderLink.Settlement {
    private final ProviderLeases.Settling settling;

    OpenSettlement(ProviderLeases.Settling settling) {
      this.settling = settling;
    }

    @Override
    public void voucher(SignedEnvelope voucher) {
      if (!losesVouchers && !down) {
        settling.voucher(voucher);
      }
    }

    @Override
    public void cancel() {
      settling.close();
    }
  }

  private final class Listener implements SettleListener {
    private final ProviderLink.SettlementEvents events;

    Listener(ProviderLink.SettlementEvents events) {
      this.events = events;
    }

    @Override
    public void status(LeaseStatus status) {
      tell(SettleResponse.newBuilder().setStatus(status).build());
    }

    @Override
    public void receipt(long gpuMillis) {
      receipts.add(gpuMillis);
      tell(
          SettleResponse.newBuilder()
              .setReceipt(VoucherReceipt.newBuilder().setGpuMillis(gpuMillis))
              .build());
    }

    @Override
    public void refusal(String sentence) {
      refusals.add(sentence);
      tell(
          SettleResponse.newBuilder()
              .setRefusal(VoucherRefusal.newBuilder().setReason(sentence))
              .build());
    }

    @Override
    public void ended() {
      events.completed();
    }

    private void tell(SettleResponse response) {
      if (!down && !silent) {
        events.received(onTheWay.apply(response));
      }
    }
  }

  private static final class NoSettlement implements ProviderLink.Settlement {
    @Override
    public void voucher(SignedEnvelope voucher) {}

    @Override
    public void cancel() {}
  }

  private static final class NoEvents implements ProviderLink.SettlementEvents {
    @Override
    public void received(SettleResponse message) {}

    @Override
    public void ended(RefusalException why) {}

    @Override
    public void completed() {}
  }
}
