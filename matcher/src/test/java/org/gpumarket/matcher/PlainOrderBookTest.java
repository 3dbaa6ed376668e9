package org.gpumarket.matcher;

class PlainOrderBookTest extends OrderBookContract {
  @Override
  OrderBook book() {
    return new PlainOrderBook(1);
  }
}
