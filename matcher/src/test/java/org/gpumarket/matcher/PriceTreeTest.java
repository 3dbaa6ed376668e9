package org.gpumarket.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PriceTreeTest {
  private static final int OFFERS = 10_000;

  private final Provider provider = new Provider("p", 7);
  private final PriceTree tree = new PriceTree(0);
  private final List<Entry> entries = new ArrayList<>();

  @Test
  void anExpiryLeavesAViewAsItWas() {
    fill();
    Node view = tree.root();
    int live = BookView.live(view, 1_700);

    List<Entry> expired = new ArrayList<>();
    assertThat(tree.expired(1_600, 1, expired::add)).isGreaterThan(1_600);
    expired.forEach(entry -> tree.remove(entry, 1));

    assertThat(expired).allMatch(entry -> entry.expireMillis <= 1_600);
    assertThat(BookView.live(tree.root(), 1_600)).isEqualTo(OFFERS - expired.size());
    assertThat(PriceTree.validate(view)).hasSize(OFFERS);
    assertThat(BookView.live(view, 1_700)).isEqualTo(live);
  }

  @Test
  void whatIsLeftInAThinnedTreeStandsTogether() {
    fill();
    for (int i = 0; i < OFFERS; i++) {
      if (i % 50 != 0) {
        tree.remove(entries.get(i), 1);
      }
    }

    assertThat(PriceTree.validate(tree.root())).hasSize(OFFERS / 50);
    assertThat(leaves(tree.root())).isLessThan(OFFERS / 50 / 4);
  }

  /** Later offers are dearer. */
  private void fill() {
    Random random = new Random(1);
    for (int i = 0; i < OFFERS; i++) {
      Offer offer = Markets.priced(Markets.offer(random, i), new Price("USD", i));
      entries.add(
          new Entry(offer, provider, new Profile(Profile.Terms.of(offer), new TieRing(1)), 0));
      tree.insert(entries.getLast(), 0);
    }
  }

  private static int leaves(Node node) {
    int leaves = node instanceof Leaf ? 1 : 0;
    for (int i = 0; node instanceof Inner inner && i < inner.count; i++) {
      leaves += leaves(inner.child[i]);
    }
    return leaves;
  }
}
