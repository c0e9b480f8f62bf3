// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What language models the calls in sessions have used since the server started, as Python tells it with their results. Safe for use by any
 * number of threads.
 */
public final class ModelUsage {

    /** Further models are counted together under this name, so that a name made of a user's input can not grow the metrics without end. */
    public static final String OTHERS = "others";

    private static final int MOST_MODELS = 200;
    private static final int LONGEST_NAME = 200;

    /** A model as calls of one pool use it. */
    public record Model(String pool, String name) {}

    /**
     * @param cost in US dollars, of the calls that told it
     */
    public record Used(long calls, long promptTokens, long completionTokens, double cost) {

        static final Used NOTHING = new Used(0, 0, 0, 0);
    }

    private static final class Sums {
        private final LongAdder calls = new LongAdder();
        private final LongAdder promptTokens = new LongAdder();
        private final LongAdder completionTokens = new LongAdder();
        private final DoubleAdder cost = new DoubleAdder();
    }

    private final Map<Model, Sums> models = new ConcurrentHashMap<>();

    /** Rows of model, calls, prompt tokens, completion tokens, and cost or null. What is none of these is not counted. */
    void told(String pool, @Nullable JsonArray usage) {
        if (usage == null) {
            return;
        }
        for (JsonValue row : usage) {
            if (row instanceof JsonArray used && used.size() == 5) {
                Sums sums = sums(pool, used.getString(0, OTHERS));
                sums.calls.add(used.getInt(1, 0));
                sums.promptTokens.add(used.getInt(2, 0));
                sums.completionTokens.add(used.getInt(3, 0));
                if (used.get(4) instanceof JsonNumber cost) {
                    sums.cost.add(cost.doubleValue());
                }
            }
        }
    }

    private Sums sums(String pool, String name) {
        Model model = new Model(pool, name.length() > LONGEST_NAME ? OTHERS : name);
        if (models.size() >= MOST_MODELS && !models.containsKey(model)) {
            model = new Model(pool, OTHERS);
        }
        return models.computeIfAbsent(model, key -> new Sums());
    }

    /** Those that were used so far. */
    public Set<Model> models() {
        return Set.copyOf(models.keySet());
    }

    public Used used(Model model) {
        Sums sums = models.get(model);
        return sums == null
                ? Used.NOTHING
                : new Used(sums.calls.sum(), sums.promptTokens.sum(), sums.completionTokens.sum(), sums.cost.sum());
    }
}
