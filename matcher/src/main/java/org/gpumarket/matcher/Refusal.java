package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why nothing in a view fits an order: counts every offer under the first requirement it
 * fails, whole buckets and subtrees at a time where all of them fail the same one, and looks for
 * the smallest relaxation of each requirement that would have brought an offer. Used once.
 */
final class Refusal {
  private static final Criterion[] CRITERIA = Criterion.values();

  private final BookView view;
  private final Requirements wanted;
  private final long nowMillis;
  private final Query whole;
  private final Query query;
  private final Search search;
  private final Map<Criterion, Integer> counted = new EnumMap<>(Criterion.class);

  Refusal(BookView view, Requirements wanted, long nowMillis) {
    this.view = view;
    this.wanted = wanted;
    this.nowMillis = nowMillis;
    this.whole = new Query(wanted, nowMillis);
    this.query = new Query(wanted, nowMillis);
    this.search = new Search(query);
  }

  List<Exclusion> exclusions() {
    for (int number : view.buckets().everyNumber()) {
      Node root = view.root(number);
      Bucket.Key key = view.buckets().at(number).key;
      Criterion failed = key == null ? null : whole.failed(key);
      if (failed == null) {
        count(root, Long.MAX_VALUE, key == null);
      } else {
        add(failed, BookView.live(root, nowMillis));
      }
    }
    List<Exclusion> exclusions = new ArrayList<>();
    for (Criterion criterion : CRITERIA) {
      if (!criterion.isAskedBy(wanted)) {
        continue;
      }
      query.set(wanted, criterion, nowMillis);
      search.choose(view);
      int alone = search.count(view, OrderBook.COUNT_LIMIT);
      if (counted.getOrDefault(criterion, 0) > 0 || alone > 0) {
        exclusions.add(
            new Exclusion(
                criterion,
                counted.getOrDefault(criterion, 0),
                alone,
                alone == 0 ? Optional.empty() : Optional.ofNullable(nearest(criterion))));
      }
    }
    return exclusions;
  }

  /** Counts the offers of a subtree; none of them is dearer than the ceiling. */
  private void count(Node node, long ceiling, boolean mixed) {
    for (int i = 0; i < node.count; i++) {
      if (node instanceof Inner inner) {
        count(inner, i, i + 1 < node.count ? inner.firstPrice(i + 1) : ceiling, mixed);
      } else if (((Leaf) node).expireMillis[i] > nowMillis) {
        add(first((Leaf) node, i), 1);
      }
    }
  }

  private void count(Inner inner, int at, long ceiling, boolean mixed) {
    if (!mixed && inner.expiresFrom(at) > nowMillis) {
      if (inner.firstPrice(at) > whole.highestPrice()) {
        add(Criterion.PRICE, inner.offers(at));
        return;
      }
      if (ceiling <= whole.highestPrice()
          && inner.highest(at, Measure.GPUS.number()) < wanted.gpuCount()) {
        add(Criterion.GPU_COUNT, inner.offers(at));
        return;
      }
    }
    count(inner.child[at], ceiling, mixed);
  }

  private void add(Criterion criterion, int offers) {
    counted.merge(criterion, offers, Integer::sum);
  }

  private Criterion first(Leaf leaf, int at) {
    Criterion failed = whole.failed(leaf, at);
    if (failed == null) {
      throw new IllegalStateException("an offer fits an order that was refused");
    }
    return failed;
  }

  private @Nullable Offer nearest(Criterion criterion) {
    Optional<Measure> measure =
        criterion.measures().size() == 1
            ? Optional.of(criterion.measures().getFirst())
            : Optional.empty();
    Cursor cursor = search.cursor(0);
    Leaf best = null;
    int bestAt = 0;
    int nearness = 0;
    for (int i = 0; i < search.chosenCount(); i++) {
      query.set(wanted, criterion, nowMillis);
      int least = nearness;
      measure.ifPresent(m -> query.demand(m, least));
      search.start(cursor, view, i);
      boolean alike =
          measure.isEmpty()
              && (!criterion.isOfKind() || view.buckets().at(search.chosen(i)).key != null);
      boolean more = cursor.next(query, query.highestPrice());
      while (more) {
        Leaf leaf = cursor.leaf();
        int at = cursor.at();
        int found = criterion.nearness(leaf.offer(at));
        if (best == null
            || found > nearness
            || (found == nearness && leaf.compare(at, best, bestAt) < 0)) {
          best = leaf;
          bestAt = at;
          nearness = found;
        }
        int higher = nearness + 1;
        measure.ifPresent(m -> query.demand(m, higher));
        more = !alike && cursor.next(query, query.highestPrice());
      }
    }
    return best == null ? null : best.offer(bestAt);
  }
}
