package org.gpumarket.node.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads a YAML file into nodes that know their lines. Whatever is wrong is said as FILE:LINE. */
public final class YamlFile {
  /** People write these by hand. */
  public static final int MAX_BYTES = 256 << 10;

  private static final int MAX_DEPTH = 16;

  private YamlFile() {}

  /**
   * Reads the mapping that the file holds.
   *
   * @throws SettingsException with one sentence when it cannot be read, is too long, is not UTF-8
   *     or is not one YAML mapping; empty when it is empty
   */
  public static Optional<MappingNode> read(Path file) throws SettingsException {
    return parse(file.toString(), text(file));
  }

  /** As {@link #read}, from text; {@code name} stands in messages. */
  public static Optional<MappingNode> parse(String name, String text) throws SettingsException {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(name)
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(MAX_BYTES)
            .setUseMarks(true)
            .build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        return Optional.empty();
      }
      if (root.get() instanceof MappingNode mapping) {
        requireSound(name, mapping, 0);
        return Optional.of(mapping);
      }
      throw new SettingsException(name + ":1: keys with values are wanted here");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(m -> m.getLine() + 1).orElse(1);
      throw new SettingsException(name + ":" + line + ": this is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new SettingsException(name + ":1: this is not YAML: " + firstLine(e));
    } catch (StackOverflowError _) {
      throw new SettingsException(name + ":1: nested too deeply");
    }
  }

  /** The line of a node, for messages. */
  public static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static void requireSound(String name, Node node, int depth) throws SettingsException {
    if (depth > MAX_DEPTH) {
      throw new SettingsException(name + ":" + line(node) + ": nested too deeply");
    }
    if (node instanceof MappingNode mapping) {
      Set<String> keys = new HashSet<>();
      for (var tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key && !keys.add(key.getValue())) {
          throw new SettingsException(
              name + ":" + line(key) + ": this key stands here for the second time");
        }
        requireSound(name, tuple.getValueNode(), depth + 1);
      }
    } else if (node instanceof org.snakeyaml.engine.v2.nodes.SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        requireSound(name, item, depth + 1);
      }
    }
  }

  private static String text(Path file) throws SettingsException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new SettingsException(
            file + ": longer than " + (MAX_BYTES >> 10) + " KiB, which no such file is");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new SettingsException(file + ": not text in UTF-8");
    } catch (NoSuchFileException _) {
      throw new SettingsException(file + ": there is no such file");
    } catch (IOException e) {
      throw new SettingsException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }
}
