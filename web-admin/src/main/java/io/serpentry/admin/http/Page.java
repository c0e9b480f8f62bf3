// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import jakarta.json.bind.annotation.JsonbNillable;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next the {@code cursor} that gives the part after this one; null, and sent as null, at the end of the list
 */
@JsonbNillable
public record Page<T>(List<T> items, @Nullable String next) implements Answer {

    public Page {
        items = List.copyOf(items);
    }

    /** The same part with each item as {@code view} shows it. */
    public <R> Page<R> map(Function<? super T, ? extends R> view) {
        return new Page<>(items.stream().<R>map(view).toList(), next);
    }
}
