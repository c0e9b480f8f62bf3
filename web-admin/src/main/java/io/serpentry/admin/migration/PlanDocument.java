// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.PlannedMove;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a migration would do. */
@JsonbPropertyOrder({"plan", "kind", "pool", "sessions", "before", "after", "moves"})
public record PlanDocument(
        String plan,
        String kind,
        @Nullable String pool,
        int sessions,
        Map<String, Integer> before,
        Map<String, Integer> after,
        List<Move> moves)
        implements Answer {

    /** One session's way. */
    @JsonbPropertyOrder({"session", "pool", "from", "to"})
    public record Move(
            String session,
            String pool,
            @Nullable String from,
            @Nullable String to) {
        static Move of(PlannedMove move) {
            return new Move(move.session(), move.pool(), move.from(), move.to());
        }
    }

    static PlanDocument of(MigrationPlan plan) {
        return new PlanDocument(
                plan.id(),
                Choice.text(plan.request().kind()),
                plan.request().pool(),
                plan.moves().size(),
                new TreeMap<>(plan.before()),
                new TreeMap<>(plan.after()),
                plan.moves().stream().map(Move::of).toList());
    }
}
