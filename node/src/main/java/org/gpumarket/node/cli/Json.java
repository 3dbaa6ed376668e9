package org.gpumarket.node.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;

/** Messages as JSON (protobuf's own mapping), every field printed. */
final class Json {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

  private Json() {}

  static String of(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("no Any stands in these messages", e);
    }
  }

  static String array(List<? extends MessageOrBuilder> messages) {
    List<String> items = new ArrayList<>();
    messages.forEach(message -> items.add(of(message)));
    return list(items);
  }

  /** Objects that are JSON already. */
  static String list(List<String> objects) {
    return "[" + String.join(",\n", objects) + "]";
  }

  /** A message with one more text before its own fields. */
  static String with(String field, String text, MessageOrBuilder message) {
    return "{\n  " + string(field) + ": " + string(text) + "," + of(message).substring(1);
  }

  /** A JSON text. */
  static String string(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
              } else if (c < ' ') {
                json.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
              } else {
                json.append((char) c);
              }
            });
    return json.append('"').toString();
  }
}
