// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random changes of few sessions by many threads, and a count of what succeeded.
 *
 * <pre>
 *  steady        is never ended nor restored: each change to it is counted
 *  short lived   expire unless they are used often, and are created again
 *  unsteady      are deleted, created, changed and restored
 * </pre>
 */
final class Turmoil {

    private static final Caller CALLER = Caller.of("ada");
    private static final String STEADY = "steady";
    private static final List<String> UNSTEADY = List.of("unsteady1", "unsteady2", "short-lived1", "short-lived2");
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final List<String> COUNTERS = List.of("m", "n");
    private static final String SUCCESS = "success";
    private static final String CONTENTION = "contention";
    private static final Duration SHORT = Duration.ofMillis(400);

    /** Each look at the clock takes a millisecond. */
    private final AtomicLong millis = new AtomicLong(1_900_000_000_000L);

    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();
    private final AtomicLong steadyChanges = new AtomicLong();
    private final ConcurrentMap<String, AtomicLong> sums = new ConcurrentSkipListMap<>();
    private final Queue<SessionEnded> ended = new ConcurrentLinkedQueue<>();
    private final ConcurrentMap<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();
    private final AtomicInteger finished = new AtomicInteger();

    InstantSource clock() {
        return () -> Instant.ofEpochMilli(millis.incrementAndGet());
    }

    void begin(SessionStore store) {
        store.create(CALLER, NewSession.durable().id(STEADY).lifetime(null));
        created.incrementAndGet();
        COUNTERS.forEach(name -> sums.put(name, new AtomicLong()));
    }

    void work(SessionStore store, int thread, int rounds) {
        Random random = new Random(thread);
        for (int i = 0; i < rounds; i++) {
            String id = random.nextInt(3) == 0 ? STEADY : UNSTEADY.get(random.nextInt(UNSTEADY.size()));
            attempt(() -> {
                if (id.equals(STEADY)) {
                    changeSteady(store, random);
                } else {
                    change(store, id, random);
                }
            });
        }
        finished.incrementAndGet();
    }

    /** Ends sessions and begins them again, until all workers are done. */
    void end(SessionStore store, int thread, int workers) {
        Random random = new Random(thread);
        while (finished.get() < workers) {
            String id = UNSTEADY.get(random.nextInt(UNSTEADY.size()));
            attempt(() -> {
                if (store.delete(CALLER, id)) {
                    deleted.incrementAndGet();
                }
            });
            attempt(() -> create(store, id, random));
        }
    }

    /** Expires and delivers, until all workers are done. */
    void sweep(SessionStore store, int workers) {
        while (finished.get() < workers) {
            attempt(() -> store.expireDue(3));
            attempt(() -> store.deliver(5, ended::add));
        }
    }

    void deliverRest(SessionStore store) {
        store.deliver(10_000, ended::add);
    }

    private void attempt(Runnable action) {
        try {
            action.run();
            count(SUCCESS);
        } catch (StoreFailure.Contention e) {
            count(CONTENTION);
        } catch (PythonException e) {
            count(e.code().name());
        }
    }

    private void count(String outcome) {
        outcomes.computeIfAbsent(outcome, name -> new AtomicInteger()).incrementAndGet();
    }

    private void changeSteady(SessionStore store, Random random) {
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                String name = COUNTERS.get(random.nextInt(COUNTERS.size()));
                long by = random.nextInt(100);
                store.save(CALLER, SessionDelta.of(STEADY).increment(name, by));
                sums.get(name).addAndGet(by);
                steadyChanges.incrementAndGet();
            }
            case 2 -> {
                store.save(CALLER, SessionDelta.of(STEADY).attributes(metadata(random)));
                steadyChanges.incrementAndGet();
            }
            default -> {
                SessionDelta delta = delta(store, STEADY, random, false);
                store.save(CALLER, delta);
                steadyChanges.addAndGet(delta.changes().size());
            }
        }
    }

    private void change(SessionStore store, String id, Random random) {
        switch (random.nextInt(10)) {
            case 0 -> {
                List<SessionRevision> told = store.revisions(CALLER, id);
                store.restore(CALLER, id, told.get(random.nextInt(told.size())).revision());
            }
            case 1 -> restoreEntry(store, id, random);
            case 2 -> store.touch(CALLER, id, Instant.EPOCH);
            case 3 -> store.save(CALLER, SessionDelta.of(id).attributes(metadata(random)));
            case 8, 9 ->
                store.save(CALLER, SessionDelta.of(id).increment(COUNTERS.get(random.nextInt(COUNTERS.size())), 1));
            default -> store.save(CALLER, delta(store, id, random, true));
        }
    }

    private void create(SessionStore store, String id, Random random) {
        NewSession session = NewSession.durable().id(id).idleTimeout(id.startsWith("short") ? SHORT : null);
        for (String name : NAMES) {
            session = random.nextBoolean() ? session.entry(name, "text/plain", content(random)) : session;
        }
        store.create(CALLER, session);
        created.incrementAndGet();
    }

    private void restoreEntry(SessionStore store, String id, Random random) {
        Optional<SessionView> view = store.find(CALLER, id);
        if (view.isPresent() && !view.get().entries().isEmpty()) {
            List<EntryInfo> entries = view.get().entries();
            EntryInfo entry = entries.get(random.nextInt(entries.size()));
            store.restoreEntry(CALLER, id, entry.name(), entry.version() - random.nextInt(3));
        }
    }

    private static AttributeChange metadata(Random random) {
        return new AttributeChange(null, null, null, Map.of("k", "" + random.nextInt()), Set.of());
    }

    private static byte[] content(Random random) {
        return new byte[random.nextInt(4) == 0 ? random.nextInt(5000) : random.nextInt(1000)];
    }

    /** One to three changes, some of them based on what was seen just now, so that each of them changes something or none does. */
    private static SessionDelta delta(SessionStore store, String id, Random random, boolean ofRevision) {
        Map<String, Long> versions = new TreeMap<>();
        Optional<SessionView> view = store.find(CALLER, id);
        view.ifPresent(seen -> seen.entries().forEach(entry -> versions.put(entry.name(), entry.version())));
        SessionDelta delta = SessionDelta.of(id);
        int first = random.nextInt(NAMES.size());
        for (int i = 0; i <= random.nextInt(3); i++) {
            String name = NAMES.get((first + i) % NAMES.size());
            Long version = versions.get(name);
            if (version != null && random.nextInt(3) == 0) {
                delta = delta.remove(name, version);
            } else {
                long expected = random.nextBoolean() ? EntryChange.ANY : version == null ? EntryChange.ABSENT : version;
                delta = delta.put(name, "text/plain", content(random), expected);
            }
        }
        long revision = view.map(SessionView::info).map(SessionInfo::revision).orElse(SessionDelta.ANY_REVISION);
        return ofRevision && random.nextInt(8) == 0 ? delta.expectedRevision(revision) : delta;
    }

    /** Each change that was acknowledged is there once. */
    void requireExact(SessionStore store) {
        SessionView steady = store.find(CALLER, STEADY).orElseThrow();
        assertThat(steady.info().revision()).isEqualTo(1 + steadyChanges.get());
        sums.forEach((name, sum) -> {
            Saved saved = store.save(CALLER, SessionDelta.of(STEADY).increment(name, 0));
            assertThat(saved.counters()).isEqualTo(Map.of(name, sum.get()));
        });
    }

    List<SessionEnded> ended() {
        return List.copyOf(ended);
    }

    /** What calls came to, and how many: an error code, success, or contention. */
    Map<String, Integer> outcomes() {
        Map<String, Integer> counts = new TreeMap<>();
        outcomes.forEach((outcome, count) -> counts.put(outcome, count.get()));
        return counts;
    }

    int contentions() {
        return outcomes().getOrDefault(CONTENTION, 0);
    }

    int created() {
        return created.get();
    }

    int deleted() {
        return deleted.get();
    }
}
