// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** What is drawn at random. Few ids, names and callers, so that operations meet. */
final class Sequences {

    static final List<String> IDS = List.of("s1", "s2", "s3");
    static final Set<String> NAMES = Set.of("x", "y", "z");

    private static final List<Caller> CALLERS = List.of(Caller.of("ada"), Caller.of("bob"), Caller.operator("root"));
    private static final int LENGTH = 60;

    private Sequences() {}

    static Arbitrary<SessionSettings> settings() {
        return Combinators.combine(
                        Arbitraries.of(0, 1, 3),
                        Arbitraries.of(Duration.ofDays(3650), Duration.ofMinutes(90)),
                        Arbitraries.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(1)),
                        Arbitraries.of(Codec.class),
                        Arbitraries.of(0, 2),
                        Arbitraries.of(Duration.ofHours(3)).injectNull(0.5))
                .as((history, age, interval, codec, sessions, lifetime) -> new SessionSettings(
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        lifetime,
                        interval,
                        3000,
                        3,
                        6 << 10,
                        sessions,
                        history,
                        age,
                        codec));
    }

    static Arbitrary<List<Operation>> operations() {
        Arbitrary<Operation> inTransaction = Arbitraries.frequencyOf(
                Tuple.of(4, creations()), Tuple.of(10, saves()), Tuple.of(2, endings()), Tuple.of(4, looks()));
        Arbitrary<Operation> transactions = Combinators.combine(
                        inTransaction.list().ofMinSize(1).ofMaxSize(6),
                        Arbitraries.frequency(
                                Tuple.of(5, Operation.End.COMMIT),
                                Tuple.of(5, Operation.End.ROLLBACK),
                                Tuple.of(1, Operation.End.CRASH)))
                .as(Operation.Transaction::new);
        Arbitrary<Operation> any = Arbitraries.frequencyOf(
                Tuple.of(16, creations()),
                Tuple.of(80, saves()),
                Tuple.of(24, endings()),
                Tuple.of(28, looks()),
                Tuple.of(16, sweeps()),
                Tuple.of(24, waits()),
                Tuple.of(12, transactions),
                Tuple.of(1, Arbitraries.just(new Operation.Crash())));
        Arbitrary<List<Operation>> many =
                any.list().ofMinSize(1).ofMaxSize(LENGTH).withSizeDistribution(RandomDistribution.uniform());
        return Combinators.combine(first(IDS.get(0)), first(IDS.get(1)), many)
                .as((one, two, others) ->
                        Stream.concat(Stream.of(one, two), others.stream()).toList());
    }

    private static Arbitrary<Caller> callers() {
        return Arbitraries.frequency(
                Tuple.of(8, CALLERS.get(0)), Tuple.of(1, CALLERS.get(1)), Tuple.of(4, CALLERS.get(2)));
    }

    private static Arbitrary<String> ids() {
        return Arbitraries.frequency(Tuple.of(8, IDS.get(0)), Tuple.of(2, IDS.get(1)), Tuple.of(1, IDS.get(2)));
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("x", "y", "z");
    }

    private static Arbitrary<Bytes> bytes() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(8, 5),
                                Tuple.of(2, 0),
                                Tuple.of(4, 300),
                                Tuple.of(2, 1024),
                                Tuple.of(2, 1025),
                                Tuple.of(2, 3000),
                                Tuple.of(1, 3001)),
                        Arbitraries.of(0, 1, 2, 3))
                .as(Bytes::new);
    }

    private static Arbitrary<Change.Expected> expected() {
        return Arbitraries.frequency(
                Tuple.of(10, Change.Expected.ANY),
                Tuple.of(10, Change.Expected.PRESENT),
                Tuple.of(1, Change.Expected.ABSENT),
                Tuple.of(1, Change.Expected.OLDER),
                Tuple.of(1, Change.Expected.NEWER));
    }

    private static Arbitrary<Change> changes() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, Combinators.combine(bytes(), expected()).as(Change.Put::new)),
                Tuple.of(3, expected().map(Change.Remove::new)),
                Tuple.of(
                        3,
                        Arbitraries.frequency(Tuple.of(8, 1L), Tuple.of(4, -3L), Tuple.of(1, Long.MAX_VALUE))
                                .map(Change.Increment::new)));
    }

    private static Arbitrary<Duration> times() {
        return Arbitraries.of(Duration.ofMinutes(100), Duration.ofMinutes(10), Duration.ofSeconds(30));
    }

    private static Arbitrary<Map<String, String>> metadata() {
        return Arbitraries.maps(Arbitraries.of("k", "l"), Arbitraries.of("Blau", "50%", "a_b!", "Größe\\"))
                .ofMaxSize(2);
    }

    /** So that there is something to work on from the beginning. */
    private static Arbitrary<Operation> first(String id) {
        return Arbitraries.maps(names(), bytes())
                .ofMaxSize(3)
                .map(entries -> Operations.create(
                        CALLERS.get(0),
                        id,
                        SessionKind.DURABLE,
                        null,
                        null,
                        null,
                        null,
                        new Operations.Initial(Map.of(), entries)));
    }

    private static Arbitrary<Operation> creations() {
        return Combinators.combine(
                        callers(),
                        ids(),
                        Arbitraries.frequency(Tuple.of(4, SessionKind.DURABLE), Tuple.of(1, SessionKind.TEMPORARY)),
                        Arbitraries.of("ada", "bob").injectNull(0.9),
                        times().injectNull(0.8),
                        times().injectNull(0.9),
                        Arbitraries.of(Duration.ofMinutes(30), Duration.ZERO, Duration.ofHours(-1))
                                .injectNull(0.9),
                        Combinators.combine(
                                        metadata(),
                                        Arbitraries.maps(names(), bytes()).ofMaxSize(2))
                                .as(Operations.Initial::new))
                .as(Operations::create);
    }

    private static Arbitrary<AttributeChange> attributes() {
        Arbitrary<AttributeChange> some = Combinators.combine(
                        Arbitraries.of("ada", "bob").injectNull(0.8),
                        times().injectNull(0.6),
                        times().injectNull(0.7),
                        metadata(),
                        Arbitraries.of("k", "l").set().ofMaxSize(1))
                .as(AttributeChange::new);
        return Arbitraries.frequencyOf(Tuple.of(5, Arbitraries.just(AttributeChange.NONE)), Tuple.of(1, some));
    }

    private static Arbitrary<Operation> saves() {
        Arbitrary<Map<String, Change.Expected>> reads =
                Arbitraries.maps(names(), expected()).ofMaxSize(1);
        return Combinators.combine(
                        callers(),
                        ids(),
                        Arbitraries.maps(names(), changes()).ofMaxSize(3),
                        attributes(),
                        Arbitraries.frequencyOf(
                                Tuple.of(6, Arbitraries.just(Change.Expected.ANY)), Tuple.of(1, expected())),
                        Arbitraries.frequencyOf(
                                Tuple.of(5, Arbitraries.just(Map.<String, Change.Expected>of())), Tuple.of(1, reads)))
                .as(Operations::save);
    }

    /** Ends, and returns to what was. */
    private static Arbitrary<Operation> endings() {
        Arbitrary<Integer> back = Arbitraries.of(1, 2, 0, 3, 5, -1);
        return Arbitraries.frequencyOf(
                Tuple.of(2, Combinators.combine(callers(), ids()).as(Operations::delete)),
                Tuple.of(6, Combinators.combine(callers(), ids(), back).as(Operations::restore)),
                Tuple.of(3, Combinators.combine(callers(), ids(), names(), back).as(Operations::restoreEntry)));
    }

    private static Arbitrary<Operation> looks() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Combinators.combine(callers(), ids()).as(Operations::find)),
                Tuple.of(
                        1,
                        Combinators.combine(
                                        callers(),
                                        ids(),
                                        names().set().ofMaxSize(3),
                                        names().set().ofMaxSize(1))
                                .as(Operations::entries)),
                Tuple.of(2, Combinators.combine(callers(), ids()).as(Operations::revisions)),
                Tuple.of(
                        2,
                        Combinators.combine(callers(), ids(), names(), Arbitraries.of(1, 2, 0, 3))
                                .as(Operations::version)),
                Tuple.of(1, callers().map(Operations::statistics)),
                Tuple.of(2, Combinators.combine(callers(), queries()).as(Operations::page)));
    }

    private static Arbitrary<SessionQuery> queries() {
        return Combinators.combine(
                        Arbitraries.of("ada", "bob").injectNull(0.7),
                        Arbitraries.of(SessionKind.class).injectNull(0.7),
                        Arbitraries.of(SessionState.class).injectNull(0.8),
                        Arbitraries.of("blau", "%", "_", "!", "\\", "S1", "grösse", "ad")
                                .injectNull(0.5),
                        Arbitraries.of(SessionOrder.class),
                        Arbitraries.of(1, 2, 500))
                .as((owner, kind, state, text, order, limit) ->
                        new SessionQuery(owner, kind, state, text, order, null, limit));
    }

    private static Arbitrary<Operation> sweeps() {
        return Arbitraries.frequencyOf(
                Tuple.of(
                        3,
                        Combinators.combine(
                                        callers(),
                                        ids(),
                                        Arbitraries.of(Duration.ofMinutes(5), Duration.ofHours(4))
                                                .injectNull(0.6))
                                .as(Operations::touch)),
                Tuple.of(2, Arbitraries.of(1, 10).map(Operations::expireDue)),
                Tuple.of(
                        2,
                        Combinators.combine(Arbitraries.of(1, 10), ids().set().ofMaxSize(1))
                                .as(Operation.Deliver::new)));
    }

    private static Arbitrary<Operation> waits() {
        return Arbitraries.frequency(
                        Tuple.of(4, Duration.ofSeconds(1)),
                        Tuple.of(4, Duration.ofMillis(1)),
                        Tuple.of(4, Duration.ofSeconds(40)),
                        Tuple.of(4, Duration.ofMinutes(4)),
                        Tuple.of(4, Duration.ofMinutes(40)),
                        Tuple.of(1, Duration.ofHours(5)),
                        Tuple.of(1, Duration.ofSeconds(-2)))
                .map(Operation.Wait::new);
    }
}
