package org.gpumarket.node.lease;

import org.gpumarket.node.runtime.LogSink;
import org.gpumarket.node.settlement.RefusalException;
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

/**
 * One provider, as a consumer's protocol code sees it: calls that answer, or refuse with the
 * provider's sentence. {@link RefusalException.Reason#UNAVAILABLE} means that nobody knows whether
 * the call was heard: all of them are safe to repeat.
 */
public interface ProviderLink {
  SignedEnvelope requestQuote(RequestQuoteRequest request) throws RefusalException;

  AgreeLeaseResponse agree(AgreeLeaseRequest request) throws RefusalException;

  LeaseStatus start(StartLeaseRequest request) throws RefusalException;

  ExtendLeaseResponse extend(ExtendLeaseRequest request) throws RefusalException;

  LeaseStatus close(CloseLeaseRequest request) throws RefusalException;

  /** Opens the settlement of a lease. What comes back comes to {@code events}, in order. */
  Settlement settle(String leaseId, SettlementEvents events);

  /** Shows a workload's output; blocks until it ends or the thread is interrupted. */
  void streamLogs(StreamLogsRequest request, LogSink sink) throws RefusalException;

  /** An open settlement stream. */
  interface Settlement {
    /** Sends a voucher; lost when the stream breaks, which {@code ended} tells. */
    void voucher(SignedEnvelope voucher);

    void cancel();
  }

  /** What comes from the provider. */
  interface SettlementEvents {
    void received(SettleResponse message);

    /** The stream is over; nothing comes any more. */
    void ended(RefusalException why);

    /** The provider says that the lease is closed and paid up. */
    void completed();
  }
}
