// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The limits that hold for every store, whatever is configured; for those who write a store. Each check throws INVALID_ARGUMENT,
 * which names the field and the limit.
 */
public final class Limits {

    public static final int ID_LENGTH = 128;
    public static final int NAME_LENGTH = 255;
    public static final int MEDIA_TYPE_LENGTH = 127;
    public static final int METADATA_ENTRIES = 64;
    public static final int METADATA_VALUE_LENGTH = 1024;
    public static final int TEXT_LENGTH = 200;
    public static final int REASON_LENGTH = 500;
    public static final int CHANGES = 1000;
    public static final int PAGE = 500;
    public static final Duration LONGEST = Duration.ofDays(36_500);

    private static final int SHOWN = 40;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:~@-]*");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[!-~]+/[!-~]+(; ?[!-~]+)*");

    private Limits() {}

    public static void id(String field, String value) {
        length(field, value, ID_LENGTH);
        if (!ID.matcher(value).matches()) {
            throw refused(
                    field,
                    "letters, digits and . _ : ~ @ -, beginning with a letter or digit",
                    "The " + field + " \"" + shown(value)
                            + "\" must consist of letters, digits and . _ : ~ @ -, and begin with a letter or digit");
        }
    }

    /** Refuses null. */
    public static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw refused(field, "required", "The " + field + " is missing");
        }
        return value;
    }

    public static void name(String field, String value) {
        line(field, value, NAME_LENGTH);
    }

    /** Any text without control characters or halves of surrogate pairs. */
    public static void line(String field, String value, int limit) {
        length(field, value, limit);
        text(field, value);
    }

    public static void mediaType(String value) {
        length("mediaType", value, MEDIA_TYPE_LENGTH);
        if (!MEDIA_TYPE.matcher(value).matches()) {
            throw refused("mediaType", "type/subtype", "\"" + shown(value) + "\" is not a media type (type/subtype)");
        }
    }

    public static void metadata(Map<String, String> metadata) {
        atMost("metadata", metadata.size(), METADATA_ENTRIES);
        metadata.forEach((key, value) -> {
            name("metadata key", key);
            atMost("metadata." + shown(key), value.length(), METADATA_VALUE_LENGTH);
            text("metadata." + shown(key), value);
        });
    }

    public static void duration(String field, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            throw refused(
                    field,
                    "1 ms to " + LONGEST.toDays() + " days",
                    "The " + field + " must be from 1 ms to " + LONGEST.toDays() + " days, not " + value);
        }
    }

    public static void atMost(String field, long value, long limit) {
        if (value > limit) {
            throw refused(field, Long.toString(limit), "The " + field + " may be at most " + limit + ", not " + value);
        }
    }

    public static void atLeast(String field, long value, long limit) {
        if (value < limit) {
            throw refused(
                    field, Long.toString(limit), "The " + field + " must be at least " + limit + ", not " + value);
        }
    }

    private static void length(String field, String value, int limit) {
        if (value.isEmpty()) {
            throw refused(field, "1 to " + limit + " characters", "The " + field + " is empty");
        }
        if (value.length() > limit) {
            throw refused(
                    field,
                    "1 to " + limit + " characters",
                    "The " + field + " may have at most " + limit + " characters, not " + value.length());
        }
    }

    private static void text(String field, String value) {
        boolean bad = value.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (bad) {
            throw refused(
                    field,
                    "no control characters, no half of a surrogate pair",
                    "The " + field + " \"" + shown(value) + "\" holds a control character or half of a surrogate pair");
        }
    }

    /** What may stand in a message and a log: short, and printable. */
    private static String shown(String value) {
        String start = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
        return start.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }

    public static PythonException refused(String field, String limit, String message) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, message).context(Map.of("field", field, "limit", limit)));
    }
}
