// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static java.lang.Character.isHighSurrogate;
import static java.lang.Character.isLowSurrogate;
import static java.lang.Character.isSurrogate;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.JsonValue;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;

/** Renders answers and values as JSON in UTF-8. Safe for any number of threads. */
public final class JsonText {

    private static final Jsonb JSONB = JsonbBuilder.create();

    private JsonText() {}

    public static byte[] of(Answer answer) {
        return escapeLoneSurrogates(JSONB.toJson(answer)).getBytes(UTF_8);
    }

    public static byte[] of(JsonValue value) {
        return escapeLoneSurrogates(value.toString()).getBytes(UTF_8);
    }

    /**
     * Python strings may hold half a surrogate pair. UTF-8 has no form for it and Java would send a question mark; its
     * JSON escape keeps it. In JSON text such a character can only stand inside a string.
     */
    static String escapeLoneSurrogates(String json) {
        if (json.chars().noneMatch(c -> isSurrogate((char) c))) {
            return json;
        }
        StringBuilder out = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (isHighSurrogate(c) && i + 1 < json.length() && isLowSurrogate(json.charAt(i + 1))) {
                out.append(c).append(json.charAt(++i));
            } else if (isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
