// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;

/** The text form of a place in a list. Clients send it back as they got it. */
final class Cursor {

    private static final String PREFIX = "after:";

    private Cursor() {}

    static String after(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((PREFIX + id).getBytes(UTF_8));
    }

    /**
     * The id inside a cursor.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if {@link #after} has not made it
     */
    static String read(String cursor) {
        try {
            String text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)))
                    .toString();
            if (text.startsWith(PREFIX) && text.length() > PREFIX.length()) {
                return text.substring(PREFIX.length());
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw refused();
        }
        throw refused();
    }

    private static PythonException refused() {
        return Refusal.field("cursor", "cursor is not one that a list has given as its 'next'");
    }
}
