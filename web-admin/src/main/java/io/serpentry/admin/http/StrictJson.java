// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonLocation;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Reads one JSON text. Numbers keep every digit. A member that stands twice in an object, nesting deeper than
 * {@value #MAX_DEPTH} and anything behind the text are refused, so that nobody downstream can read it another way.
 */
public final class StrictJson {

    static final int MAX_DEPTH = 200;

    private static final JsonProvider JSON = JsonProvider.provider();

    private final JsonParser parser;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    /** The value of {@code text}; throws INVALID_ARGUMENT with line and column if it can not be had. */
    public static JsonValue read(String text) {
        try (JsonParser parser = JSON.createParser(new StringReader(text))) {
            return new StrictJson(parser).document();
        } catch (JsonException | NoSuchElementException e) {
            throw Refusal.badRequest("the body is not JSON: " + e.getMessage());
        }
    }

    private JsonValue document() {
        JsonValue value = value(parser.next(), 1);
        if (parser.hasNext()) {
            throw refused("something follows the JSON text");
        }
        return value;
    }

    private JsonValue value(Event event, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused("it is nested deeper than " + MAX_DEPTH + " levels");
        }
        return switch (event) {
            case START_OBJECT -> object(depth);
            case START_ARRAY -> array(depth);
            case VALUE_NUMBER -> number();
            case VALUE_STRING, VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> parser.getValue();
            case KEY_NAME, END_OBJECT, END_ARRAY -> throw refused("a value is missing");
        };
    }

    private JsonValue object(int depth) {
        JsonObjectBuilder members = JSON.createObjectBuilder();
        Set<String> names = new HashSet<>();
        while (parser.next() != Event.END_OBJECT) {
            String name = parser.getString();
            if (!names.add(name)) {
                throw refused("the member '" + name + "' stands twice in an object");
            }
            members.add(name, value(parser.next(), depth + 1));
        }
        return members.build();
    }

    private JsonValue array(int depth) {
        JsonArrayBuilder items = JSON.createArrayBuilder();
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            items.add(value(event, depth + 1));
        }
        return items.build();
    }

    /** The parser bounds the length of numbers, since taking one apart costs the square of it. */
    private JsonValue number() {
        try {
            return JSON.createValue(parser.getBigDecimal());
        } catch (ArithmeticException | NumberFormatException | UnsupportedOperationException e) {
            throw refused("a number is too long");
        }
    }

    private PythonException refused(String reason) {
        JsonLocation place = parser.getLocation();
        return Refusal.badRequest("the body is not acceptable JSON: " + reason + " (line " + place.getLineNumber()
                + ", column " + place.getColumnNumber() + ")");
    }
}
