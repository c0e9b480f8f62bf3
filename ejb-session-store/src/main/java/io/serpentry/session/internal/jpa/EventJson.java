// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored form of an event's data: a JSON object. */
final class EventJson {

    /** Looked up once: each look goes through the class path, and an event has several values. */
    private static final JsonProvider JSON = JsonProvider.provider();

    private static final JsonReaderFactory READERS = JSON.createReaderFactory(Map.of());
    private static final JsonBuilderFactory BUILDERS = JSON.createBuilderFactory(Map.of());

    private EventJson() {}

    static String text(Map<String, @Nullable Object> data) {
        return object(data).toString();
    }

    private static JsonObject object(Map<?, ? extends @Nullable Object> data) {
        JsonObjectBuilder object = BUILDERS.createObjectBuilder();
        data.forEach((key, value) -> object.add((String) key, value(value)));
        return object.build();
    }

    private static JsonArray array(List<? extends @Nullable Object> data) {
        JsonArrayBuilder array = BUILDERS.createArrayBuilder();
        data.forEach(value -> array.add(value(value)));
        return array.build();
    }

    private static JsonValue value(@Nullable Object value) {
        if (value == null) {
            return JsonValue.NULL;
        }
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        if (value instanceof List<?> list) {
            return array(list);
        }
        if (value instanceof Boolean truth) {
            return truth ? JsonValue.TRUE : JsonValue.FALSE;
        }
        return value instanceof Number number
                ? JSON.createValue(new BigDecimal(number.toString()))
                : JSON.createValue((String) value);
    }

    static Map<String, @Nullable Object> parsed(String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return map(reader.readObject());
        }
    }

    private static Map<String, @Nullable Object> map(JsonObject object) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        object.forEach((key, value) -> map.put(key, plain(value)));
        return Collections.unmodifiableMap(map);
    }

    private static List<@Nullable Object> list(JsonArray array) {
        List<@Nullable Object> list = new ArrayList<>();
        array.forEach(value -> list.add(plain(value)));
        return Collections.unmodifiableList(list);
    }

    private static @Nullable Object plain(JsonValue value) {
        return switch (value.getValueType()) {
            case NULL -> null;
            case TRUE -> true;
            case FALSE -> false;
            case STRING -> ((JsonString) value).getString();
            case NUMBER -> number(((JsonNumber) value).bigDecimalValue());
            case ARRAY -> list(value.asJsonArray());
            case OBJECT -> map(value.asJsonObject());
        };
    }

    private static Number number(BigDecimal number) {
        boolean isLong = number.scale() == 0 && number.toBigInteger().bitLength() < Long.SIZE;
        return isLong ? (Number) number.longValueExact() : number;
    }
}
