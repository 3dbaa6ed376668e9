package org.gpumarket.node.deployment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.gpumarket.node.settings.NearestKey;
import org.gpumarket.node.settings.SettingsException;
import org.gpumarket.node.settings.Values;
import org.gpumarket.node.settings.YamlFile;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** One mapping of a file, whose values are asked for by key; every complaint names the line. */
record YamlFields(String file, MappingNode node) {
  /** Longest name of a deployment and of a workload. */
  static final int MAX_NAME_CHARS = 40;

  static final String NAME_RULE =
      "a name is of letters a-z, digits and -, at most " + MAX_NAME_CHARS;

  /** A mapping under its key. */
  record Named(Node key, String name, YamlFields fields) {}

  static boolean isName(String text) {
    return text.length() <= MAX_NAME_CHARS && text.matches("[a-z0-9][a-z0-9-]*");
  }

  void allowOnly(Set<String> keys) throws SettingsException {
    for (NodeTuple tuple : node.getValue()) {
      String key = scalar(tuple.getKeyNode());
      if (!keys.contains(key)) {
        throw complaint(
            tuple.getKeyNode(),
            "there is no key "
                + Values.quoted(key)
                + " here; the nearest is '"
                + NearestKey.to(key, keys)
                + "'");
      }
    }
  }

  /** Every key with the mapping under it. */
  List<Named> children() throws SettingsException {
    List<Named> children = new ArrayList<>();
    for (NodeTuple tuple : node.getValue()) {
      String name = scalar(tuple.getKeyNode());
      if (!isName(name)) {
        throw complaint(tuple.getKeyNode(), NAME_RULE);
      }
      if (!(tuple.getValueNode() instanceof MappingNode mapping)) {
        throw complaint(tuple.getKeyNode(), "'" + name + "' needs keys of its own");
      }
      children.add(new Named(tuple.getKeyNode(), name, new YamlFields(file, mapping)));
    }
    return children;
  }

  MappingNode mapping(String key) throws SettingsException {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      throw complaint(node, "'" + key + "' is missing");
    }
    if (value.get() instanceof MappingNode mapping) {
      return mapping;
    }
    throw complaint(value.get(), "'" + key + "' needs keys of its own");
  }

  String text(String key, String otherwise) throws SettingsException {
    Optional<Node> value = value(key);
    return value.isEmpty() ? otherwise : scalar(value.get());
  }

  /** Reads a value with a parser that throws IllegalArgumentException. */
  <T> T parsed(String key, T otherwise, Function<String, T> parser) throws SettingsException {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return parser.apply(scalar(value.get()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw complaint(value.get(), "'" + key + "': " + e.getMessage());
    }
  }

  long number(String key, long otherwise, long least, long most) throws SettingsException {
    return parsed(
        key,
        otherwise,
        text -> {
          if (!text.matches("[0-9]{1,10}")
              || Long.parseLong(text) < least
              || Long.parseLong(text) > most) {
            throw new IllegalArgumentException(
                "a whole number from "
                    + least
                    + " to "
                    + most
                    + " is wanted, not "
                    + Values.quoted(text));
          }
          return Long.parseLong(text);
        });
  }

  boolean flag(String key) throws SettingsException {
    return parsed(
        key,
        false,
        text -> {
          if (!text.matches("true|false")) {
            throw new IllegalArgumentException(
                "true or false is wanted, not " + Values.quoted(text));
          }
          return text.equals("true");
        });
  }

  /**
   * A list, or a single value as a list of one; each item is read with a parser that throws
   * IllegalArgumentException.
   */
  <T> List<T> list(String key, Function<String, T> parser) throws SettingsException {
    List<T> items = new ArrayList<>();
    for (Node item : items(key)) {
      String text = scalar(item);
      checked(key, item, () -> items.add(parser.apply(text)));
    }
    return items;
  }

  private List<Node> items(String key) {
    return value(key)
        .map(value -> value instanceof SequenceNode list ? list.getValue() : List.of(value))
        .orElse(List.of());
  }

  /**
   * Names with their values; each pair is shown to a check that throws IllegalArgumentException.
   */
  Map<String, String> texts(String key, BiConsumer<String, String> check) throws SettingsException {
    Map<String, String> texts = new LinkedHashMap<>();
    if (value(key).isPresent()) {
      for (NodeTuple tuple : mapping(key).getValue()) {
        String name = scalar(tuple.getKeyNode());
        String value = scalar(tuple.getValueNode());
        checked(key, tuple.getKeyNode(), () -> check.accept(name, value));
        texts.put(name, value);
      }
    }
    return texts;
  }

  void require(String key, boolean holds, String otherwise) throws SettingsException {
    if (!holds) {
      throw complaint(value(key).orElse(node), "'" + key + "': " + otherwise);
    }
  }

  /** Runs a check that throws IllegalArgumentException; its complaint is about the key's value. */
  void check(String key, Runnable check) throws SettingsException {
    checked(key, value(key).orElse(node), check);
  }

  private void checked(String key, Node at, Runnable check) throws SettingsException {
    try {
      check.run();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw complaint(at, "'" + key + "': " + e.getMessage());
    }
  }

  SettingsException complaint(Node at, String sentence) {
    return new SettingsException(file + ":" + YamlFile.line(at) + ": " + sentence);
  }

  private Optional<Node> value(String key) {
    return node.getValue().stream()
        .filter(t -> t.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private String scalar(Node value) throws SettingsException {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw complaint(value, "a single value is wanted here");
  }
}
