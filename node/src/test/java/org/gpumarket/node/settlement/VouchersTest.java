package org.gpumarket.node.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.SecureRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.Vouchers.VoucherTerms;
import org.gpumarket.node.settlement.Vouchers.VoucherVerdict;
import org.gpumarket.v1.Price;
import org.junit.jupiter.api.Test;

/** The arithmetic of vouchers and of credit. */
class VouchersTest {
  private static final String LEASE = "a".repeat(26);
  private static final SigningKey CONSUMER = SigningKey.generate(new SecureRandom());

  @Property(tries = 300)
  void aVoucherIsForTheFloorOfUsageTimesPriceAndCountsWhereItCoversMore(
      @ForAll @LongRange(min = 1, max = 2_592_000_000L * 1024) long gpuMillis,
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long price,
      @ForAll @LongRange(min = 0, max = 1_000_000) long coveredLess) {
    long covered = Math.max(0, gpuMillis - 1 - coveredLess);
    var voucher = Vouchers.sign(CONSUMER, LEASE, gpuMillis, price(price), 0);
    var verdict = Vouchers.check(voucher, terms(price, gpuMillis, covered));

    assertThat(verdict).isInstanceOf(VoucherVerdict.Counts.class);
    long amount =
        ((VoucherVerdict.Counts) verdict).voucher().message().getAmount().getAmountMicros();
    assertThat(BigInteger.valueOf(amount))
        .isEqualTo(
            BigInteger.valueOf(gpuMillis)
                .multiply(BigInteger.valueOf(price))
                .divide(BigInteger.valueOf(3_600_000)));
  }

  @Property(tries = 200)
  void aVoucherForMoreThanTheUsageNeverCounts(
      @ForAll @LongRange(min = 0, max = 1_000_000_000L) long used,
      @ForAll @LongRange(min = 1, max = 1_000_000L) long more) {
    var voucher = Vouchers.sign(CONSUMER, LEASE, used + more, price(1_000_000), 0);
    assertThat(Vouchers.check(voucher, terms(1_000_000, used, 0)))
        .isInstanceOf(VoucherVerdict.Wrong.class);
  }

  @Test
  void aStrangerGetsOneIntervalOfCreditAndAPayerATenthOfWhatItPaidUpToTenIntervals() {
    // Two GPUs at a dollar an hour for a minute: 33,333 micros.
    assertThat(CreditPolicy.creditMicros(price(1_000_000), 2, 60_000, 0)).isEqualTo(33_333);
    assertThat(CreditPolicy.creditMicros(price(1_000_000), 2, 60_000, 1_000_000))
        .isEqualTo(100_000);
    assertThat(CreditPolicy.creditMicros(price(1_000_000), 2, 60_000, 1_000_000_000))
        .isEqualTo(333_330);
    assertThat(CreditPolicy.creditMicros(price(0), 2, 60_000, 1_000_000)).isZero();
  }

  private static VoucherTerms terms(long price, long used, long covered) {
    return new VoucherTerms(LEASE, CONSUMER.nodeId(), price(price), used, covered);
  }

  private static Price price(long micros) {
    return Price.newBuilder().setCurrencyCode("USD").setMicrosPerGpuHour(micros).build();
  }
}
