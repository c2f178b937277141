package io.downbeat.local.run.rejected;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The fields of an event as people read and write them: UUIDs, times and words as text. */
final class RecordFields {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private RecordFields() {}

  static JsonNode json(@Nullable Object value) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof SpecificRecord record) {
      var object = NODES.objectNode();
      for (Schema.Field field : record.getSchema().getFields()) {
        object.set(field.name(), json(record.get(field.pos())));
      }
      return object;
    } else if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(json(element)));
      return array;
    } else if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    } else if (value instanceof Integer number) {
      return NODES.numberNode(number);
    } else if (value instanceof Long number) {
      return NODES.numberNode(number);
    } else if (value instanceof Enum<?> word) {
      return NODES.textNode(word.name().toLowerCase(Locale.ROOT));
    }
    return NODES.textNode(value.toString());
  }

  /**
   * @param path a field's name, with dots into nested records
   * @param text its new value: a number, a word, a UUID, a time as RFC 3339 has it, a list as JSON,
   *     null for none
   * @throws IllegalArgumentException if there is no such field or it takes no such value
   */
  static void set(SpecificRecord record, String path, String text) {
    int dot = path.indexOf('.');
    String name = dot < 0 ? path : path.substring(0, dot);
    Schema.Field field = record.getSchema().getField(name);
    if (field == null) {
      throw new IllegalArgumentException(
          "Cannot set %s: a %s has the fields %s"
              .formatted(
                  path,
                  record.getSchema().getName(),
                  String.join(
                      ", ",
                      record.getSchema().getFields().stream().map(Schema.Field::name).toList())));
    }
    if (dot < 0) {
      try {
        record.put(field.pos(), value(field.schema(), text));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException(
            "Cannot set %s to '%s': %s".formatted(path, text, e.getMessage()), e);
      }
    } else if (record.get(field.pos()) instanceof SpecificRecord nested) {
      set(nested, path.substring(dot + 1), text);
    } else {
      throw new IllegalArgumentException("Cannot set %s: there is no %s".formatted(path, name));
    }
  }

  private static @Nullable Object value(Schema schema, String text) {
    LogicalType logical = schema.getLogicalType();
    if (logical != null) {
      return switch (logical.getName()) {
        case "uuid" -> uuid(text);
        case "timestamp-millis" -> time(text);
        default -> throw new IllegalArgumentException("fields of this type can't be set");
      };
    }
    return switch (schema.getType()) {
      case UNION -> ofUnion(schema, text);
      case STRING -> text;
      case BOOLEAN -> truth(text);
      case INT -> Math.toIntExact(number(text));
      case LONG -> number(text);
      case ENUM -> word(schema, text);
      case ARRAY -> list(schema.getElementType(), text);
      default -> throw new IllegalArgumentException("fields of this type can't be set");
    };
  }

  private static @Nullable Object ofUnion(Schema schema, String text) {
    boolean optional = false;
    for (Schema type : schema.getTypes()) {
      if (type.getType() == Schema.Type.NULL) {
        optional = true;
      }
    }
    if (optional && text.equals("null")) {
      return null;
    }
    return value(
        schema.getTypes().stream()
            .filter(type -> type.getType() != Schema.Type.NULL)
            .findFirst()
            .orElseThrow(),
        text);
  }

  private static UUID uuid(String text) {
    if (!UUID_FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("it is a UUID");
    }
    return UUID.fromString(text);
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("it is a time such as 2026-01-01T20:15:00Z", e);
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it is a whole number", e);
    }
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("it is true or false");
    };
  }

  private static Object word(Schema schema, String text) {
    String symbol = text.toUpperCase(Locale.ROOT);
    if (!schema.hasEnumSymbol(symbol)) {
      throw new IllegalArgumentException(
          "it is one of " + String.join(", ", schema.getEnumSymbols()).toLowerCase(Locale.ROOT));
    }
    return SpecificData.get().createEnum(symbol, schema);
  }

  private static List<@Nullable Object> list(Schema element, String text) {
    try {
      JsonNode array = JSON.readTree(text);
      if (!array.isArray()) {
        throw new IllegalArgumentException("it is a list such as [\"Indie Rock\"]");
      }
      List<@Nullable Object> all = new ArrayList<>();
      array.forEach(node -> all.add(value(element, node.asText())));
      return all;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException("it is a list such as [\"Indie Rock\"]", e);
    }
  }
}
