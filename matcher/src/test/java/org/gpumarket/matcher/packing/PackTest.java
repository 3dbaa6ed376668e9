package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PackTest {
  private static final Demand WHOLE = demand(8_000, 1, 1000);

  private static Demand demand(long cpuMillis, int gpus, int gpuMillis, String... models) {
    return new Demand(cpuMillis, 1_000, gpus, gpuMillis, Set.of(models));
  }

  private static Rig rig(String model, long cpuMillis, int gpus) {
    return new Rig(model, cpuMillis, 64_000, gpus);
  }

  /** A policy that knows of thirty of each of these demands. */
  private static Pack pack(Fleet fleet, Demand... seen) {
    Pack pack = new Pack(fleet);
    for (int i = 0; i < 30; i++) {
      for (Demand demand : seen) {
        pack.learn(demand);
      }
    }
    return pack;
  }

  private static Placement placed(Pack pack, Demand demand) {
    return pack.choose(demand).orElseThrow();
  }

  @Test
  void aDemandWithoutGpusGoesWhereItStrandsNone() {
    Fleet fleet = new Fleet(List.of(rig("a", 16_000, 2), rig("a", 64_000, 2)));
    Pack pack = pack(fleet, WHOLE);

    assertThat(placed(pack, demand(9_000, 0, 0))).isEqualTo(new Placement(1, List.of()));
  }

  @Test
  void processorsThatAreSpareAreFewerThanTheyLook() {
    Fleet fleet = new Fleet(List.of(rig("a", 64_000, 8), rig("a", 40_000, 2)));
    Pack pack = pack(fleet, WHOLE);

    assertThat(placed(pack, demand(20_000, 0, 0)).rig()).isEqualTo(1);
  }

  @Test
  void aRareModelIsKeptForThoseWhoNeedIt() {
    Fleet fleet = new Fleet(List.of(rig("rare", 16_000, 2), rig("common", 16_000, 2)));
    Pack pack = pack(fleet, WHOLE, demand(8_000, 1, 1000, "rare"));

    assertThat(placed(pack, WHOLE).rig()).isEqualTo(1);
  }

  @Test
  void aPartGoesWhereTheRestIsStillOfUse() {
    Fleet fleet = new Fleet(List.of(rig("a", 64_000, 2)));
    fleet.place(new Placement(0, List.of(0)), demand(0, 1, 530));
    fleet.place(new Placement(0, List.of(1)), demand(0, 1, 650));
    Pack pack = pack(fleet, demand(1_000, 1, 650), demand(1_000, 1, 320), demand(1_000, 1, 470));

    assertThat(placed(pack, demand(1_000, 1, 320)).gpus()).containsExactly(1);
    assertThat(placed(pack, demand(1_000, 1, 470)).gpus()).containsExactly(0);
  }

  @Test
  void beforeAnythingIsKnownTheFirstRigIsFilled() {
    Fleet fleet = new Fleet(List.of(rig("a", 16_000, 2), rig("a", 16_000, 2)));

    assertThat(placed(new Pack(fleet), demand(1_000, 1, 500)))
        .isEqualTo(new Placement(0, List.of(0)));
  }

  @Property(tries = 60)
  void whatFitsIsPlacedWhereItFits(@ForAll long seed) {
    Random random = new Random(seed);
    Fleet fleet = fleet(random);
    List<Demand> kinds = kinds(random);
    Pack policy = new Pack(fleet);
    List<Runnable> leases = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      Demand demand = kinds.get(random.nextInt(kinds.size()));
      boolean fits = IntStream.range(0, fleet.size()).anyMatch(rig -> fleet.fits(rig, demand));

      Optional<Placement> place = policy.choose(demand);

      assertThat(place.isPresent()).isEqualTo(fits);
      place.ifPresent(
          there -> {
            fleet.place(there, demand);
            leases.add(() -> fleet.release(there, demand));
          });
      if (!leases.isEmpty() && random.nextInt(4) == 0) {
        leases.remove(random.nextInt(leases.size())).run();
      }
    }
    leases.forEach(Runnable::run);
    for (int rig = 0; rig < fleet.size(); rig++) {
      assertThat(fleet.freeCpuMillis(rig)).isEqualTo(fleet.rig(rig).cpuMillis());
      assertThat(fleet.freeMemoryMib(rig)).isEqualTo(fleet.rig(rig).memoryMib());
      assertThat(fleet.freeGpuMillis(rig)).containsOnly(1000);
    }
  }

  @Property(tries = 30)
  void theSameArrivalsGetTheSamePlaces(@ForAll long seed) {
    assertThat(places(seed)).isEqualTo(places(seed));
  }

  private static List<Optional<Placement>> places(long seed) {
    Random random = new Random(seed);
    Fleet fleet = fleet(random);
    List<Demand> kinds = kinds(random);
    Pack policy = new Pack(fleet);
    List<Optional<Placement>> places = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Demand demand = kinds.get(random.nextInt(kinds.size()));
      Optional<Placement> place = policy.choose(demand);
      place.ifPresent(there -> fleet.place(there, demand));
      places.add(place);
    }
    return places;
  }

  /** What is remembered of rigs that have not changed says the same as valuing them anew. */
  @Property(tries = 30)
  void rememberedLossesAreTheTrueOnes(@ForAll long seed) {
    Random random = new Random(seed);
    Fleet fleet = fleet(random);
    List<Demand> kinds = kinds(random);
    DemandMix mix = new DemandMix();
    kinds.forEach(mix::add);
    LeastLoss remembering = new LeastLoss(fleet, new Outlook(mix.counts()), loss -> loss);
    for (int i = 0; i < 60; i++) {
      Demand demand = kinds.get(random.nextInt(kinds.size()));
      LeastLoss forgetful = new LeastLoss(fleet, new Outlook(mix.counts()), loss -> loss);

      Optional<Placement> place = remembering.choose(demand);

      assertThat(place).isEqualTo(forgetful.choose(demand));
      place.ifPresent(there -> fleet.place(there, demand));
    }
  }

  private static Fleet fleet(Random random) {
    List<Rig> rigs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rigs.add(
          new Rig(
              "model" + random.nextInt(2),
              1_000L * random.nextInt(64),
              1_000L * random.nextInt(64),
              1 + random.nextInt(8)));
    }
    return new Fleet(rigs);
  }

  private static List<Demand> kinds(Random random) {
    List<Demand> kinds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int gpus = random.nextInt(4);
      int gpuMillis = gpus == 1 && random.nextInt(4) > 0 ? 1 + random.nextInt(1000) : 1000;
      kinds.add(
          new Demand(
              1_000L * random.nextInt(16),
              1_000L * random.nextInt(16),
              gpus,
              gpus == 0 ? 0 : gpuMillis,
              random.nextInt(4) == 0 ? Set.of("model1") : Set.of()));
    }
    return kinds;
  }
}
