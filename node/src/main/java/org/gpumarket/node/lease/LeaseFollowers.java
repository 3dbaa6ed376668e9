package org.gpumarket.node.lease;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseView;

/**
 * Who follows one lease's way through its states. Each hears every change, in order, on the
 * executor's threads. Changes are told under the lease's lock; anybody may leave at any time.
 */
final class LeaseFollowers {
  private final List<Consumer<LeaseView>> followers = new CopyOnWriteArrayList<>();
  private final Serial inOrder;

  LeaseFollowers(Executor executor) {
    this.inOrder = new Serial(executor);
  }

  /** The first thing that a follower hears is how the lease is now. */
  void join(Consumer<LeaseView> follower, LeaseRow now) {
    followers.add(follower);
    LeaseView view = LeaseViews.view(now);
    inOrder.execute(() -> follower.accept(view));
  }

  void leave(Consumer<LeaseView> follower) {
    followers.remove(follower);
  }

  /** Who joins later has heard it already, as how the lease is now. */
  void tell(LeaseRow moved) {
    LeaseView view = LeaseViews.view(moved);
    List<Consumer<LeaseView>> following = List.copyOf(followers);
    inOrder.execute(() -> following.forEach(follower -> follower.accept(view)));
  }
}
