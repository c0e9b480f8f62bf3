// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.session.Limits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameter {@code filter}: {@code name:value,name:value}, each name at most once. A value has no comma. */
public final class Filter {

    private static final String FIELD = "filter";

    private final Map<String, String> values;

    private Filter(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the parameter.
     *
     * @param text null for no condition
     * @throws io.serpentry.connector.InvalidArgumentException if it names something else than those, or one twice, or has a value
     *     that is empty or too long
     */
    public static Filter of(@Nullable String text, String... known) {
        Map<String, String> values = new HashMap<>();
        for (String condition : text == null ? new String[0] : text.split(",", -1)) {
            int colon = condition.indexOf(':');
            String name = colon < 0 ? condition : condition.substring(0, colon);
            if (!List.of(known).contains(name)) {
                throw Refusal.field(FIELD, "filter can name " + String.join(", ", known) + ", not '" + name + "'");
            }
            String value = colon < 0 ? "" : condition.substring(colon + 1);
            Limits.name(FIELD, value);
            if (values.put(name, value) != null) {
                throw Refusal.field(FIELD, "filter names '" + name + "' more than once");
            }
        }
        return new Filter(values);
    }

    /** Null if there is no such condition. */
    public @Nullable String value(String name) {
        return values.get(name);
    }
}
