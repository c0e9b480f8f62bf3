// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The parameters behind the question mark, of which none is overlooked: each is known and stands once, or is refused. */
public final class Query {

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Reads the query of a request.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if there is another parameter than those; the context's
     *     {@code field} names it
     */
    public static Query of(Map<String, List<String>> values, String... known) {
        TreeSet<String> unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(List.of(known));
        if (!unknown.isEmpty()) {
            throw Refusal.field(
                    unknown.first(),
                    "the query parameter '" + unknown.first() + "' is not known here; "
                            + (known.length == 0 ? "none is" : "known: " + String.join(", ", known)));
        }
        return new Query(values);
    }

    /**
     * The value of a parameter, null if it is not given.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it stands twice; the context's {@code field} names it
     */
    public @Nullable String single(String name) {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            throw Refusal.field(name, "the query parameter '" + name + "' is given more than once");
        }
        return given.isEmpty() ? null : given.get(0);
    }

    /**
     * A duration in the form of ISO 8601, null if it is not given.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it stands twice or has another form; the context's
     *     {@code field} names it
     */
    public @Nullable Duration duration(String name) {
        String text = single(name);
        try {
            return text == null ? null : Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw Refusal.field(name, "'" + name + "' must be a duration in the form of ISO 8601, as PT5S");
        }
    }

    /**
     * Whether a parameter is {@code true}; it is not if it is not given.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it stands twice, or is neither {@code true} nor {@code false};
     *     the context's {@code field} names it
     */
    public boolean isTrue(String name) {
        String text = single(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw Refusal.field(name, "'" + name + "' must be true or false");
    }
}
