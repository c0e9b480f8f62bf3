// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON text to UTF-8 with nothing lost: UTF-8 has no form for a lone surrogate, so it travels as its escape. */
final class UnicodeText {

    private UnicodeText() {}

    /** Whether a JSON string can hold the text as it is. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** The text of a JSON string that has no escapes; null if the body is anything else, or not for certain. */
    static @Nullable String plain(byte[] body) {
        int last = body.length - 1;
        if (last < 1 || body[0] != '"' || body[last] != '"') {
            return null;
        }
        for (int i = 1; i < last; i++) {
            byte b = body[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
                return null;
            }
        }
        return new String(body, 1, last - 1, StandardCharsets.UTF_8);
    }

    static byte[] utf8(String json) {
        for (int i = 0; i < json.length(); i++) {
            if (Character.isSurrogate(json.charAt(i))) {
                return escapeLoneSurrogates(json).getBytes(StandardCharsets.UTF_8);
            }
        }
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String escapeLoneSurrogates(String json) {
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < json.length()
                    && Character.isLowSurrogate(json.charAt(i + 1));
            if (pair) {
                escaped.append(c).append(json.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                escaped.append("\\u%04x".formatted((int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
