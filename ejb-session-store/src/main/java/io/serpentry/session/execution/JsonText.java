// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import java.nio.charset.StandardCharsets;

/**
 * JSON as it is written for each call: a generator would take longer than the call's other parts. Commas come where they are needed
 * before names, and else by {@link #comma}. For one thread.
 */
final class JsonText {

    private static final String HEX = "0123456789abcdef";

    private final StringBuilder text;

    JsonText(int capacity) {
        text = new StringBuilder(capacity);
    }

    /** A bracket or brace. */
    JsonText add(char structure) {
        text.append(structure);
        return this;
    }

    /** A comma, unless the array has just begun. */
    JsonText comma() {
        char last = text.charAt(text.length() - 1);
        if (last != '[' && last != '{') {
            text.append(',');
        }
        return this;
    }

    /** The name of an object's next member. */
    JsonText name(String name) {
        comma().string(name);
        text.append(':');
        return this;
    }

    JsonText number(long number) {
        text.append(number);
        return this;
    }

    /** True, false or null. */
    JsonText literal(String literal) {
        text.append(literal);
        return this;
    }

    JsonText string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                text.append(c);
            }
        }
        text.append('"');
        return this;
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
