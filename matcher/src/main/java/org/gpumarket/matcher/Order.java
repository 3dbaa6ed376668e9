package org.gpumarket.matcher;

/**
 * What a consumer wants for one group of workloads.
 *
 * @param limit how many ranked offers are wanted at most, 1 or more
 * @param salt drawn by the consumer for this order alone; decides between equals, see {@link
 *     OrderBook}
 */
public record Order(Requirements requirements, Policy policy, int limit, long salt) {
  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException when it is below 1
   */
  public Order {
    if (limit < 1) {
      throw new IllegalArgumentException("an order asks for one offer or more");
    }
  }
}
