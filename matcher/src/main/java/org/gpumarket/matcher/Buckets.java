package org.gpumarket.matcher;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The buckets, and where those of each model stand. Never changed. */
final class Buckets {
  private static final int[] NONE = {};

  private final List<Bucket> all;
  private final Map<String, int[]> byModel = new HashMap<>();
  private final int[] everyNumber;
  private int[] mixed = NONE;

  Buckets(List<Bucket> all) {
    this.all = List.copyOf(all);
    this.everyNumber = new int[all.size()];
    for (int number = 0; number < all.size(); number++) {
      everyNumber[number] = number;
      Bucket.Key key = all.get(number).key;
      if (key == null) {
        mixed = with(mixed, number);
      } else {
        byModel.merge(
            key.gpu().model(), new int[] {number}, (known, added) -> with(known, added[0]));
      }
    }
  }

  List<Bucket> all() {
    return all;
  }

  Bucket at(int number) {
    return all.get(number);
  }

  int[] everyNumber() {
    return everyNumber;
  }

  int[] ofModel(String model) {
    return byModel.getOrDefault(model, NONE);
  }

  /** The mixed bucket, where there is one. */
  int[] mixed() {
    return mixed;
  }

  private static int[] with(int[] known, int number) {
    int[] more = Arrays.copyOf(known, known.length + 1);
    more[known.length] = number;
    return more;
  }
}
