// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Choice;
import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationRequest;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a migration.
 *
 * @param plan the plan that it must be; null for any
 */
record MigrationBody(MigrationRequest request, @Nullable String plan) {

    static final String POOL = "default";
    private static final Map<MigrationKind, Set<String>> USED = Map.of(
            MigrationKind.MIGRATE, Set.of("pool", "sessions", "from", "to"),
            MigrationKind.EVACUATE, Set.of("pool", "from"),
            MigrationKind.REBALANCE, Set.of("pool", "targets"),
            MigrationKind.DRAIN, Set.of());
    private static final List<String> PARTS = List.of("pool", "sessions", "from", "to", "targets");

    /** With a member for each thing that a migration can say. */
    static MigrationBody any(JsonValue json) {
        JsonBody body =
                JsonBody.of(json, "kind", "pool", "sessions", "from", "to", "targets", "deadline", "reason", "plan");
        String kindText = body.text("kind");
        if (kindText == null) {
            throw Refusal.field("kind", "'kind' is missing: migrate, evacuate, rebalance or drain");
        }
        MigrationKind kind = Choice.of("kind", "kind", kindText, MigrationKind.values());
        for (String part : PARTS) {
            if (body.has(part) && !USED.getOrDefault(kind, Set.of()).contains(part)) {
                throw Refusal.field(part, "'" + part + "' has no meaning for the kind " + kindText);
            }
        }
        String pool = body.text("pool");
        MigrationRequest request = new MigrationRequest(
                kind,
                kind == MigrationKind.DRAIN ? null : pool == null ? POOL : pool,
                sessions(body),
                body.text("from"),
                body.text("to"),
                shares(body),
                deadline(body),
                reason(body));
        return new MigrationBody(request, body.text("plan"));
    }

    private static List<String> sessions(JsonBody body) {
        List<String> sessions = new ArrayList<>();
        JsonArray given = body.array("sessions");
        for (int i = 0; i < given.size(); i++) {
            sessions.add(JsonBody.text("sessions[" + i + "]", given.get(i)));
        }
        return sessions;
    }

    static Map<String, Integer> shares(JsonBody body) {
        Map<String, Integer> shares = new TreeMap<>();
        body.object("targets").forEach((worker, share) -> {
            String name = "targets." + worker;
            long number = JsonBody.number(name, share);
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw Refusal.field(name, "'" + name + "' must be a share from 0 to 1000000");
            }
            shares.put(worker, (int) number);
        });
        return shares;
    }

    static Duration deadline(JsonBody body) {
        Duration deadline = body.duration("deadline");
        return deadline == null ? MigrationRequest.DEADLINE : deadline;
    }

    static String reason(JsonBody body) {
        String reason = body.text("reason");
        return reason == null ? "" : reason;
    }

    /** The body of a request that needs none. */
    static JsonBody optional(HttpServletRequest http, InputStream in, String... members) {
        JsonValue body = RequestBody.optionalJson(http, in).orElse(JsonValue.EMPTY_JSON_OBJECT);
        return JsonBody.of(body, members);
    }
}
