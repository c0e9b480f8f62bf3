// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import io.serpentry.session.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks and copies what an event carries. */
final class EventData {

    private static final int DEEPEST = 8;
    private static final int LARGEST = 8000;
    /** For quotes, comma and the like. */
    private static final int OVERHEAD = 8;

    private static final int REPLACEMENT = 0xFFFD;

    private int size;

    private EventData() {}

    static Map<String, @Nullable Object> copied(Map<String, ? extends @Nullable Object> data) {
        return new EventData().object(data, 0);
    }

    private Map<String, @Nullable Object> object(Map<?, ?> data, int depth) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw Limits.refused("event data", "text as keys", "A key of an event's data must be text, not " + key);
            }
            grow(name.length());
            copy.put(storable(name), value(value, depth + 1));
        });
        return Collections.unmodifiableMap(copy);
    }

    private List<@Nullable Object> list(List<?> data, int depth) {
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object value : data) {
            copy.add(value(value, depth + 1));
        }
        return Collections.unmodifiableList(copy);
    }

    private @Nullable Object value(@Nullable Object value, int depth) {
        Limits.atMost("depth of an event's data", depth, DEEPEST);
        grow(value instanceof String text ? text.length() : OVERHEAD);
        if (value instanceof Map<?, ?> nested) {
            return object(nested, depth);
        }
        if (value instanceof List<?> nested) {
            return list(nested, depth);
        }
        if (value instanceof String text) {
            return storable(text);
        }
        if (value == null || value instanceof Boolean || isFinite(value)) {
            return value;
        }
        throw Limits.refused(
                "event data",
                "text, finite numbers, booleans, lists, maps, null",
                "An event can not carry a " + value.getClass().getName());
    }

    /** No database keeps a half of a surrogate pair. */
    private static String storable(String text) {
        return text.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? REPLACEMENT : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isFinite(Object value) {
        return value instanceof Number number && Double.isFinite(number.doubleValue());
    }

    private void grow(int length) {
        size += length + OVERHEAD;
        Limits.atMost("size of an event's data", size, LARGEST);
    }
}
