package org.gpumarket.node.cli;

import java.util.Collection;
import java.util.LinkedHashSet;
import org.gpumarket.node.rig.GpuCatalog;
import org.gpumarket.node.settings.NearestKey;

/**
 * Says on standard error which wanted models no list knows: cards that are too new have such names,
 * and so have typing errors.
 */
final class ModelNotes {
  private ModelNotes() {}

  static void print(Collection<String> wanted) {
    var known = GpuCatalog.standard().models();
    for (String model : new LinkedHashSet<>(wanted)) {
      if (!known.contains(model)) {
        System.err.println(
            "Note: the list of GPU models has no '"
                + model
                + "'; the nearest is '"
                + NearestKey.to(model, known)
                + "'.");
      }
    }
  }
}
