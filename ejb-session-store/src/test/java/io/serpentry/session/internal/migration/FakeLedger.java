// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.placement.PlannedMove;
import io.serpentry.session.StoreUnavailableException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** In memory. A test can have something happen before or after one of its operations. For one thread at a time. */
final class FakeLedger implements Ledger {

    private static final int MOST = 20_000;

    private final InstantSource clock;
    private final Map<String, Migration> migrations = new LinkedHashMap<>();
    private final Map<String, List<MoveReceipt>> moves = new LinkedHashMap<>();
    private final Map<String, String> instances = new LinkedHashMap<>();
    private final List<String> seen = new ArrayList<>();
    private List<String> abandoned = List.of();
    private final List<MigrationState> states = new ArrayList<>();
    private Hook before = (operation, count) -> {};
    private Hook after = (operation, count) -> {};
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private int operations;

    FakeLedger(InstantSource clock) {
        this.clock = clock;
    }

    /** What happens at the n-th operation of a name, counted from 1. */
    @FunctionalInterface
    interface Hook {
        void at(String operation, int count);
    }

    void before(Hook hook) {
        before = hook;
    }

    void after(Hook hook) {
        after = hook;
    }

    /** After the n-th operation of that name. */
    void after(String operation, int number, Runnable action) {
        after = (name, count) -> {
            if (name.equals(operation) && count == number) {
                action.run();
            }
        };
    }

    static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("The session database can not be reached", false, null);
    }

    /** The states that migrations were brought to, in their order. */
    List<MigrationState> states() {
        return List.copyOf(states);
    }

    /** The ids that were said to be worked on. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    void abandon(String... ids) {
        abandoned = List.of(ids);
    }

    Migration migration(String id) {
        Migration migration = migrations.get(id);
        List<MoveReceipt> of = moves.get(id);
        Progress progress =
                new Progress(of.size(), count(of, State.MOVED), count(of, State.SKIPPED), count(of, State.RETURNED));
        return new Migration(
                id,
                migration.plan(),
                migration.request(),
                migration.state(),
                migration.server(),
                migration.by(),
                migration.outcome(),
                migration.createdAt(),
                migration.startedAt(),
                migration.endedAt(),
                progress);
    }

    private static int count(List<MoveReceipt> receipts, State state) {
        return (int)
                receipts.stream().filter(receipt -> receipt.state() == state).count();
    }

    List<MoveReceipt> moves(String id) {
        return List.copyOf(moves.get(id));
    }

    /** As another server does it: no hook hears of it. */
    boolean order(String id, MigrationState from, MigrationState to, String outcome) {
        Migration now = migrations.get(id);
        if (now.state() != from) {
            return false;
        }
        if (!from.next().contains(to)) {
            throw new AssertionError(from + " to " + to);
        }
        set(now, to, outcome);
        return true;
    }

    void remove(String id) {
        migrations.remove(id);
        moves.remove(id);
    }

    private void set(Migration now, MigrationState to, String outcome) {
        states.add(to);
        Instant started = to == MigrationState.RUNNING && now.startedAt() == null ? clock.instant() : now.startedAt();
        migrations.put(
                now.id(),
                new Migration(
                        now.id(),
                        now.plan(),
                        now.request(),
                        to,
                        now.server(),
                        now.by(),
                        outcome,
                        now.createdAt(),
                        started,
                        to.isTerminal() ? clock.instant() : null,
                        now.progress()));
    }

    private int begin(String operation) {
        operations++;
        if (operations > MOST) {
            throw new AssertionError("the ledger is asked for ever; states were " + states);
        }
        int count = counts.merge(operation, 1, Integer::sum);
        before.at(operation, count);
        return count;
    }

    @Override
    public void open(Migration migration, String instance, List<PlannedMove> planned) {
        int count = begin("open");
        migrations.put(migration.id(), migration);
        instances.put(migration.id(), instance);
        states.add(migration.state());
        List<MoveReceipt> receipts = new ArrayList<>();
        for (PlannedMove move : planned) {
            receipts.add(new MoveReceipt(
                    receipts.size(),
                    move.session(),
                    move.pool(),
                    move.from(),
                    move.to(),
                    State.PENDING,
                    null,
                    null,
                    0,
                    null,
                    null,
                    null));
        }
        moves.put(migration.id(), receipts);
        after.at("open", count);
    }

    @Override
    public Optional<Migration> find(String id) {
        int count = begin("find");
        Optional<Migration> found = migrations.containsKey(id) ? Optional.of(migration(id)) : Optional.empty();
        after.at("find", count);
        return found;
    }

    @Override
    public List<Migration> list(@Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> instance(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    @Override
    public List<MoveReceipt> receipts(String id, @Nullable State state, int from, int limit) {
        int count = begin("receipts");
        List<MoveReceipt> found = moves.get(id).stream()
                .filter(receipt -> receipt.number() >= from && (state == null || receipt.state() == state))
                .limit(limit)
                .toList();
        after.at("receipts", count);
        return found;
    }

    @Override
    public boolean change(String id, Set<MigrationState> from, MigrationState to, String outcome) {
        int count = begin("change");
        Migration now = migrations.get(id);
        boolean changed = now != null && from.contains(now.state());
        if (changed) {
            set(now, to, outcome);
        }
        after.at("change", count);
        return changed;
    }

    @Override
    public void seen(String id) {
        int count = begin("seen");
        seen.add(id);
        after.at("seen", count);
    }

    @Override
    public boolean record(String id, List<MoveReceipt> receipts) {
        int count = begin("record");
        Migration now = migrations.get(id);
        boolean recorded = now != null && now.state().isUnderWay();
        if (recorded) {
            receipts.forEach(receipt -> moves.get(id).set(receipt.number(), receipt));
        }
        after.at("record", count);
        return recorded;
    }

    @Override
    public boolean end(String id, Set<MigrationState> from, String outcome, String pending, String moved) {
        int count = begin("end");
        Migration now = migrations.get(id);
        boolean ended = now != null && from.contains(now.state());
        if (ended) {
            set(now, MigrationState.ROLLED_BACK, outcome);
            moves.get(id).replaceAll(receipt -> switch (receipt.state()) {
                case PENDING -> closed(receipt, State.SKIPPED, pending);
                case MOVED -> closed(receipt, State.RETURNED, moved);
                case SKIPPED, RETURNED -> receipt;
            });
        }
        after.at("end", count);
        return ended;
    }

    private static MoveReceipt closed(MoveReceipt receipt, State state, String problem) {
        return new MoveReceipt(
                receipt.number(),
                receipt.session(),
                receipt.pool(),
                receipt.from(),
                receipt.to(),
                state,
                receipt.before(),
                receipt.after(),
                receipt.coldEntries(),
                receipt.at(),
                receipt.duration(),
                problem);
    }

    @Override
    public List<String> abandoned(String server, String instance, Instant seenBefore, Instant proposedBefore) {
        return abandoned;
    }

    @Override
    public MigrationStatistics statistics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int forget(Instant endedBefore, int limit) {
        return 0;
    }
}
