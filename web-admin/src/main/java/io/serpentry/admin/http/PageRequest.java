// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted. A cursor holds the last id that was seen, so pages neither repeat nor skip an item when
 * others come and go in between.
 *
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param after only items behind this id, null for the first page
 */
public record PageRequest(int limit, @Nullable String after) {

    static final int MAX_LIMIT = 500;
    static final int DEFAULT_LIMIT = 100;

    /**
     * Reads the query of a request.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if a parameter is unknown, stands twice, or has a value that
     *     can not be; the context's {@code field} names it
     */
    public static PageRequest of(Map<String, List<String>> query) {
        Query known = Query.of(query, "limit", "cursor");
        return new PageRequest(limit(known), after(known));
    }

    /**
     * The id that the page is to begin behind: what is in the parameter {@code cursor}; null if it is not given.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if no list has given it
     */
    public static @Nullable String after(Query query) {
        String cursor = query.single("cursor");
        return cursor == null ? null : Cursor.read(cursor);
    }

    /** The cursor of a page that begins behind that id. */
    public static String cursorAfter(String id) {
        return Cursor.after(id);
    }

    /**
     * The parameter {@code limit}, {@value #DEFAULT_LIMIT} if it is not given.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it is no number from 1 to {@value #MAX_LIMIT}
     */
    public static int limit(Query query) {
        String text = query.single("limit");
        return text == null ? DEFAULT_LIMIT : limit(text);
    }

    /** The wanted part of {@code all}, in the order of {@link IdOrder}. */
    public <T> Page<T> cut(List<T> all, Function<? super T, String> id) {
        return cut(all, id, IdOrder.INSTANCE);
    }

    /** The wanted part of {@code all}, the greatest id first. */
    public <T> Page<T> cutDescending(List<T> all, Function<? super T, String> id) {
        return cut(all, id, IdOrder.INSTANCE.reversed());
    }

    private <T> Page<T> cut(List<T> all, Function<? super T, String> id, Comparator<String> order) {
        List<T> rest = all.stream()
                .filter(item -> after == null || order.compare(id.apply(item), after) > 0)
                .sorted((a, b) -> order.compare(id.apply(a), id.apply(b)))
                .limit(limit + 1L)
                .toList();
        return page(rest, id);
    }

    /** What was found behind the cursor, one more item than wanted if there is one. */
    public <T> Page<T> page(List<T> found, Function<? super T, String> id) {
        if (found.size() <= limit) {
            return new Page<>(found, null);
        }
        List<T> items = found.subList(0, limit);
        return new Page<>(items, Cursor.after(id.apply(items.get(limit - 1))));
    }

    private static int limit(String text) {
        int limit = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Refusal.field("limit", "limit must be a number from 1 to " + MAX_LIMIT);
        }
        return limit;
    }
}
