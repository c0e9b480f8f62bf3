// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Limits;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of a line: strings, integers of 64 bits, and objects of strings. Anything else, deeper nesting too, is refused where
 * it begins. A member that is missing, of another kind, named twice or asked for by nobody is refused as well: every refusal
 * is INVALID_ARGUMENT.
 */
final class Members {

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /** Later than any session lives, and early enough to reckon with. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Map<String, Object> values;
    private final Set<String> asked = new HashSet<>();

    private Members(Map<String, Object> values) {
        this.values = values;
    }

    static Members parsed(Reader text) {
        try (JsonParser parser = PARSERS.createParser(text)) {
            if (parser.next() != Event.START_OBJECT) {
                throw refused("it is no JSON object");
            }
            Members members = new Members(object(parser, true));
            if (parser.hasNext()) {
                throw refused("something follows the JSON object");
            }
            return members;
        } catch (JsonException | NoSuchElementException e) {
            throw refused(e.getCause() instanceof CharacterCodingException ? "it is not UTF-8" : "it is not JSON");
        }
    }

    private static Map<String, Object> object(JsonParser parser, boolean outer) {
        Map<String, Object> members = new HashMap<>();
        while (parser.next() != Event.END_OBJECT) {
            String name = parser.getString();
            Object value = value(parser, parser.next(), outer);
            if (members.put(name, value) != null) {
                throw refused("a member is named twice");
            }
        }
        return members;
    }

    private static Object value(JsonParser parser, Event event, boolean outer) {
        if (event == Event.VALUE_STRING) {
            return parser.getString();
        }
        if (event == Event.VALUE_NUMBER && outer) {
            return integer(parser.getString());
        }
        if (event == Event.START_OBJECT && outer) {
            return object(parser, false);
        }
        throw refused("it holds values of a kind that no line has");
    }

    private static long integer(String text) {
        try {
            if (INTEGER.matcher(text).matches()) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // Nineteen digits, and beyond 64 bits: refused like the longer ones.
        }
        throw refused("a number in it is no integer of 64 bits");
    }

    static PythonException refused(String why) {
        return Limits.refused("line", "a line of a session archive", "The line is refused: " + why);
    }

    private <T> @Nullable T find(String name, Class<T> kind) {
        asked.add(name);
        Object value = values.get(name);
        if (value != null && !kind.isInstance(value)) {
            throw refused("its member " + name + " is of the wrong kind");
        }
        return kind.cast(value);
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw refused("its member " + name + " is missing");
        }
        return value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name) {
        return required(name, textOrNull(name));
    }

    @Nullable
    String textOrNull(String name) {
        return find(name, String.class);
    }

    long number(String name) {
        return required(name, find(name, Long.class));
    }

    /** Not negative. */
    long count(String name) {
        long count = number(name);
        Limits.atLeast(name, count, 0);
        return count;
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new HashMap<>();
        Map<?, ?> object = required(name, find(name, Map.class));
        object.forEach((key, value) -> texts.put((String) key, (String) value));
        return texts;
    }

    String sha256() {
        String digest = text("sha256");
        if (!SHA256.matcher(digest).matches()) {
            throw refused("its member sha256 is no digest of 64 lower-case hexadecimal digits");
        }
        return digest;
    }

    /** Between 1970 and 9999. */
    Instant instant(String name) {
        String text = text(name);
        try {
            Instant instant = Instant.parse(text);
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(LATEST)) {
                return instant;
            }
        } catch (DateTimeException e) {
            // Refused like an instant that is out of range.
        }
        throw refused("its member " + name + " is no instant between 1970 and 9999, as 2030-01-01T00:00:00Z");
    }

    @Nullable
    Duration durationOrNull(String name) {
        String text = textOrNull(name);
        try {
            return text == null ? null : Duration.parse(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw refused("its member " + name + " is no duration, as PT1H");
        }
    }

    Duration duration(String name) {
        return required(name, durationOrNull(name));
    }

    /** Refuses members that were not asked for. */
    void requireNothingElse() {
        if (!asked.containsAll(values.keySet())) {
            throw refused("it has members that are not known");
        }
    }
}
