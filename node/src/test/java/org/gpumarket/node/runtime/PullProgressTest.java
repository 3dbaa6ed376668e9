package org.gpumarket.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.PullResponseItem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PullProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ObjectMapper json = new ObjectMapper();
  private final List<String> told = new ArrayList<>();
  private long nanos;

  @Test
  void itTellsTheSumOfTheLayersAtMostOnceASecond() throws Exception {
    PullProgress pull = new PullProgress(told::add, () -> nanos);
    pull.onNext(layer("a", "Downloading", 10 << 20, 100 << 20));
    nanos += SECOND;
    pull.onNext(layer("b", "Downloading", 5 << 20, 50 << 20));
    pull.onNext(layer("b", "Downloading", 6 << 20, 50 << 20));
    nanos += SECOND;
    pull.onNext(layer("a", "Download complete", 0, 0));
    nanos += SECOND;
    pull.onNext(layer("a", "Extracting", 1 << 20, 100 << 20));

    assertThat(told)
        .containsExactly(
            "the image is being fetched",
            "the image is being fetched: 15 of 150 MiB",
            "the image is being fetched: 106 of 150 MiB");
    assertThat(pull.refusal()).isEmpty();
  }

  @Test
  void anEngineThatGivesNoSizesIsToldOfOnce() throws Exception {
    PullProgress pull = new PullProgress(told::add, () -> nanos);
    nanos += SECOND;
    pull.onNext(item("{\"id\": \"a\", \"status\": \"Pulling fs layer\", \"progressDetail\": {}}"));
    pull.onNext(item("{\"status\": \"Pulling from library/busybox\"}"));

    assertThat(told).containsExactly("the image is being fetched");
  }

  @Test
  void whatTheEngineSaysAgainstItIsKept() throws Exception {
    PullProgress pull = new PullProgress(told::add, () -> nanos);
    pull.onNext(
        item("{\"errorDetail\": {\"message\": \"unauthorized\"}, \"error\": \"unauthorized\"}"));

    assertThat(pull.refusal()).contains("unauthorized");
  }

  private PullResponseItem layer(String id, String status, long current, long total)
      throws Exception {
    return item(
        "{\"id\": \"%s\", \"status\": \"%s\", \"progressDetail\": {\"current\": %d, \"total\": %d}}"
            .formatted(id, status, current, total));
  }

  private PullResponseItem item(String text) throws Exception {
    return json.readValue(text, PullResponseItem.class);
  }
}
