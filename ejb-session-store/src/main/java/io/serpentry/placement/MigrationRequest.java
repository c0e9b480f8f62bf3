// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import io.serpentry.session.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to be moved. Made by the methods named as the kinds; immutable.
 *
 * @param pool the name of the pool; null for all pools of this server, which only a drain has
 * @param sessions the ids of the sessions to move; empty for all that the worker {@code from} has warm
 * @param from the worker that they leave; null if that does not matter
 * @param to the worker that they go to; null for any
 * @param targets of a rebalance: each worker's share by its id, 0 to 1,000,000; what counts is their proportion. Empty for equal shares
 * @param deadline how long the whole may take, waiting for calls and transactions included; 1 second to a day
 * @param reason why, for those who read it later; up to 500 characters, may be empty
 */
public record MigrationRequest(
        MigrationKind kind,
        @Nullable String pool,
        List<String> sessions,
        @Nullable String from,
        @Nullable String to,
        Map<String, Integer> targets,
        Duration deadline,
        String reason) {

    public static final Duration DEADLINE = Duration.ofMinutes(5);
    /** The most sessions that can be named one by one. */
    public static final int NAMED = 10_000;
    /** The longest reason, in characters. */
    public static final int REASON = 500;

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int LARGEST_SHARE = 1_000_000;

    /** Throws INVALID_ARGUMENT, which names the field and the limit. */
    public MigrationRequest {
        sessions = List.copyOf(sessions);
        targets = Map.copyOf(targets);
        if ((pool == null) != (kind == MigrationKind.DRAIN)) {
            throw Limits.refused(
                    "pool",
                    "a pool's name; none for a drain",
                    pool == null
                            ? "A migration of the kind " + kind + " needs a pool"
                            : "A drain is of all pools, not of " + pool);
        }
        Limits.atMost("number of sessions", sessions.size(), NAMED);
        sessions.forEach(session -> Limits.id("session id", session));
        Limits.atMost("number of targets", targets.size(), Limits.CHANGES);
        targets.forEach(MigrationRequest::requireShare);
        if (deadline.compareTo(Duration.ofSeconds(1)) < 0 || deadline.compareTo(LONGEST) > 0) {
            throw Limits.refused(
                    "deadline", "PT1S to PT24H", "The deadline must be from 1 second to a day, not " + deadline);
        }
        if (!reason.isEmpty()) {
            Limits.line("reason", reason, REASON);
        }
    }

    private static void requireShare(String worker, int share) {
        Limits.name("worker of targets", worker);
        Limits.atLeast("share of worker " + worker, share, 0);
        Limits.atMost("share of worker " + worker, share, LARGEST_SHARE);
    }

    /** Sessions that are to be warm in {@code to} and no longer in {@code from}. */
    public static MigrationRequest migrate(String pool, List<String> sessions, @Nullable String from, String to) {
        return of(MigrationKind.MIGRATE, pool, sessions, from, to, Map.of());
    }

    /** All sessions of a worker go to the others of its pool, then it is ended. */
    public static MigrationRequest evacuate(String pool, String worker) {
        return of(MigrationKind.EVACUATE, pool, List.of(), worker, null, Map.of());
    }

    /** The sessions of a pool are shared out; {@code targets} empty for equal shares. */
    public static MigrationRequest rebalance(String pool, Map<String, Integer> targets) {
        return of(MigrationKind.REBALANCE, pool, List.of(), null, null, targets);
    }

    /** Waits until nobody uses a worker of this server, and takes all sessions from them. */
    public static MigrationRequest drain() {
        return of(MigrationKind.DRAIN, null, List.of(), null, null, Map.of());
    }

    private static MigrationRequest of(
            MigrationKind kind,
            @Nullable String pool,
            List<String> sessions,
            @Nullable String from,
            @Nullable String to,
            Map<String, Integer> targets) {
        return new MigrationRequest(kind, pool, sessions, from, to, targets, DEADLINE, "");
    }

    /** A copy. */
    public MigrationRequest within(Duration limit) {
        return new MigrationRequest(kind, pool, sessions, from, to, targets, limit, reason);
    }

    /** A copy. */
    public MigrationRequest because(String why) {
        return new MigrationRequest(kind, pool, sessions, from, to, targets, deadline, why);
    }

    /** The shares by worker, ordered by its id. */
    public Map<String, Integer> orderedTargets() {
        return new TreeMap<>(targets);
    }
}
