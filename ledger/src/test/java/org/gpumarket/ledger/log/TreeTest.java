package org.gpumarket.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TreeTest {
  /** The inputs of the Certificate Transparency reference tests. */
  private static final List<String> REFERENCE =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> REFERENCE_ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  @Test
  void rootsAreThoseOfTheReferenceVectors() {
    Memory memory = new Memory();
    for (int i = 0; i < REFERENCE.size(); i++) {
      memory.append(1, n -> HexFormat.of().parseHex(REFERENCE.get(n)));
      assertThat(HexFormat.of().formatHex(memory.root(i + 1))).isEqualTo(REFERENCE_ROOTS.get(i));
    }
  }

  @Test
  void theEmptyTreeIsTheHashOfNothing() {
    assertThat(HexFormat.of().formatHex(new Memory().root(0)))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Property(tries = 40)
  void anySplitIntoBatchesGivesTheRootOfTheTextbook(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 200) Integer> batches) {
    Memory memory = new Memory();
    batches.forEach(batch -> memory.append(batch, TreeTest::leaf));
    int size = batches.stream().mapToInt(Integer::intValue).sum();

    assertThat(memory.root(size)).isEqualTo(textbook(0, size));
  }

  @Property(tries = 60)
  void everyInclusionProofHoldsAndNoneWithABitFlippedDoes(
      @ForAll @IntRange(min = 1, max = 700) int size,
      @ForAll @IntRange(max = 699) int any,
      @ForAll @IntRange(max = 255) int bit) {
    Memory memory = new Memory();
    memory.append(size, TreeTest::leaf);
    int index = any % size;
    byte[] hash = Hashes.leaf(leaf(index));
    List<byte[]> proof = memory.inclusionProof(index, size);

    assertThat(Proofs.includes(memory.root(size), size, index, hash, proof)).isTrue();
    assertThat(Proofs.includes(memory.root(size), size, index, flipped(hash, bit), proof))
        .isFalse();
    if (!proof.isEmpty()) {
      int altered = any % proof.size();
      assertThat(
              Proofs.includes(memory.root(size), size, index, hash, altered(proof, altered, bit)))
          .isFalse();
    }
  }

  @Property(tries = 60)
  void everyConsistencyProofHoldsAndNoneWithABitFlippedDoes(
      @ForAll @IntRange(min = 1, max = 700) int newSize,
      @ForAll @IntRange(max = 699) int any,
      @ForAll @IntRange(max = 255) int bit) {
    Memory memory = new Memory();
    memory.append(newSize, TreeTest::leaf);
    int oldSize = 1 + any % newSize;
    byte[] oldRoot = memory.root(oldSize);
    byte[] newRoot = memory.root(newSize);
    List<byte[]> proof = memory.consistencyProof(oldSize, newSize);

    assertThat(Proofs.consistent(oldSize, oldRoot, newSize, newRoot, proof)).isTrue();
    assertThat(Proofs.consistent(oldSize, flipped(oldRoot, bit), newSize, newRoot, proof))
        .isFalse();
    if (!proof.isEmpty()) {
      int altered = any % proof.size();
      assertThat(
              Proofs.consistent(oldSize, oldRoot, newSize, newRoot, altered(proof, altered, bit)))
          .isFalse();
    }
  }

  private static byte[] leaf(int index) {
    return ("entry " + index).getBytes(StandardCharsets.UTF_8);
  }

  /** RFC 6962, section 2.1, word for word. */
  private static byte[] textbook(int from, int to) {
    if (to - from == 1) {
      return Hashes.leaf(leaf(from));
    }
    int k = Integer.highestOneBit(to - from - 1);
    return Hashes.node(textbook(from, from + k), textbook(from + k, to));
  }

  private static byte[] flipped(byte[] hash, int bit) {
    byte[] copy = hash.clone();
    copy[bit / 8] ^= (byte) (1 << (bit % 8));
    return copy;
  }

  private static List<byte[]> altered(List<byte[]> proof, int at, int bit) {
    return IntStream.range(0, proof.size())
        .mapToObj(i -> i == at ? flipped(proof.get(i), bit) : proof.get(i))
        .toList();
  }

  /** Tiles in a map, grown by batches as the store grows. */
  private static final class Memory implements Tiles {
    private final Map<TreeBatch.TileId, byte[]> tiles = new HashMap<>();
    private int size;

    void append(int count, java.util.function.IntFunction<byte[]> leaves) {
      TreeBatch batch = new TreeBatch(this, size);
      for (int i = 0; i < count; i++) {
        batch.append(Hashes.leaf(leaves.apply(size++)));
      }
      assertThat(batch.size()).isEqualTo(size);
      tiles.putAll(batch.changed());
    }

    @Override
    public byte[] tile(int level, long index) {
      byte[] tile = tiles.get(new TreeBatch.TileId(level, index));
      return tile == null ? new byte[0] : Arrays.copyOf(tile, tile.length);
    }
  }
}
