package org.gpumarket.ledger.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class OwedTest {
  @Test
  void anHourCostsThePriceAndLessIsRoundedDown() {
    assertThat(Owed.micros(3_600_000, 175_000)).isEqualTo(175_000);
    assertThat(Owed.micros(1, 175_000)).isZero();
    assertThat(Owed.micros(21, 175_000)).isEqualTo(1);
  }

  @Property
  void theAmountIsTheExactQuotientRoundedDown(
      @ForAll @LongRange(min = 0, max = 1L << 50) long millis,
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long price) {
    BigInteger exact =
        BigInteger.valueOf(millis)
            .multiply(BigInteger.valueOf(price))
            .divide(BigInteger.valueOf(3_600_000));

    if (exact.bitLength() < 64) {
      assertThat(Owed.micros(millis, price)).isEqualTo(exact.longValueExact());
    } else {
      assertThatThrownBy(() -> Owed.micros(millis, price)).isInstanceOf(ArithmeticException.class);
    }
  }

  @Property
  void itNeverGoesDownAsUsageGoesUp(
      @ForAll @LongRange(min = 0, max = 1L << 40) long millis,
      @ForAll @LongRange(min = 0, max = 1L << 20) long more,
      @ForAll @LongRange(min = 0, max = 1_000_000_000L) long price) {
    assertThat(Owed.micros(millis + more, price))
        .isGreaterThanOrEqualTo(Owed.micros(millis, price));
  }
}
