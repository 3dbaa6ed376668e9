package org.gpumarket.node.lease;

import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.OfferListing;

/** One step of a deployment, as it happens. */
public sealed interface DeployStep {
  /** An offer was chosen. */
  record MatchChosen(OfferListing offer, String explanation, int fitting, int considered)
      implements DeployStep {}

  /** No offer fits. The last step. */
  record MatchRefused(String explanation) implements DeployStep {}

  /** A provider did not give or keep its quote; the next match is tried. */
  record MatchFailed(String provider, String problem) implements DeployStep {}

  /** The lease moved on. The last step once it runs or ends. */
  record LeaseMoved(LeaseView lease) implements DeployStep {}
}
