// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import io.serpentry.session.Limits;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened, to be published. An event belongs to the trace of a session if its data has that session's id as the text
 * {@code session}.
 *
 * @param type words of lower-case letters, digits and - with points between them, as in {@code session.ended}; up to 64 characters
 * @param data what JSON can hold: text, finite numbers, booleans, lists, maps with text as keys, null; at most 8 deep and about 8,000
 *     characters. It is copied; what is no text in Unicode is replaced in it
 */
public record NewEvent(String type, Map<String, @Nullable Object> data) {

    private static final int LONGEST = 64;
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    /** @throws io.serpentry.connector.InvalidArgumentException if type or data are not as they should be */
    public NewEvent {
        Limits.atMost("length of an event's type", type.length(), LONGEST);
        if (!TYPE.matcher(type).matches()) {
            throw Limits.refused(
                    "event type", TYPE.pattern(), "The type of an event must be like session.ended, not " + type);
        }
        data = EventData.copied(data);
    }
}
