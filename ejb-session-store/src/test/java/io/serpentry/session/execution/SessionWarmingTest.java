// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.session.Caller;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionView;
import io.serpentry.session.execution.SessionTraffic.Sent;
import io.serpentry.session.execution.SessionWarming.Warmed;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.FakeConnections.Warm;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import io.serpentry.session.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionWarmingTest {

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int MIB = 1 << 20;

    private final InMemorySessionStore store = new InMemorySessionStore(SessionSettings.defaults(), new ManualClock());
    private final ContentCache contents = new ContentCache(MIB);
    private final WorkerContents workers = new WorkerContents();
    private final SessionTraffic traffic = new SessionTraffic(contents);
    private final SessionWarming warming = new SessionWarming(store, contents, workers, traffic);
    private final FakePool pool = new FakePools().pool("p", "w");
    private final WorkerIdentity worker =
            new WorkerIdentity("w", pool.status("w").pid());

    private SessionView session(String id, byte[]... entries) {
        NewSession session = NewSession.durable().id(id);
        for (int i = 0; i < entries.length; i++) {
            session = session.entry("e" + i, "application/octet-stream", entries[i]);
        }
        return warming.views(List.of(store.create(Caller.SYSTEM, session).id())).get(id);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int size, int seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private Map<String, Warmed> warm(SessionView... sessions) {
        return warming.warm(pool, worker, List.of(sessions), WAIT);
    }

    private List<Warm> calls() {
        return pool.connections().calls();
    }

    @Test
    void viewsMustBeOfTheSessionsThatThereAre() {
        SessionView session = session("s", text("one"));

        assertThat(warming.views(List.of("gone", "s"))).containsOnly(Map.entry("s", session));
    }

    @Test
    void whatAWorkerLacksMustBeSentOnceAndKnownFromThenOn() {
        SessionView first = session("s1", text("one"), text("two"));
        SessionView second = session("s2", text("two"), text("three"));

        assertThat(warm(first, second)).isEqualTo(Map.of("s1", new Warmed(first, 0), "s2", new Warmed(second, 0)));

        assertThat(calls()).hasSize(1);
        assertThat(calls().get(0).contents()).containsExactly(text("one"), text("two"), text("three"));
        assertThat(workers.has(worker, ContentDigest.of(text("three")))).isTrue();
        assertThat(traffic.sent("p")).isEqualTo(new Sent(3, 11));
    }

    @Test
    void theSameContentInTwoEntriesOfASessionMustBeSentOnce() {
        assertThat(warm(session("s", text("one"), text("one"))).get("s").cold()).isZero();

        assertThat(calls()).hasSize(1);
        assertThat(calls().get(0).contents()).hasSize(1);
    }

    @Test
    void whatAWorkerHasMustBeAskedForAndNotSent() {
        SessionView session = session("s", text("one"));
        workers.learned(worker, ContentDigest.of(text("one")));
        assertThat(pool.connections().cache("w").add(ContentDigest.of(text("one"))))
                .isTrue();

        assertThat(warm(session).get("s").cold()).isZero();

        assertThat(calls()).hasSize(1);
        assertThat(calls().get(0).contents()).isEmpty();
    }

    @Test
    void whatAWorkerHasLostMeanwhileMustBeSent() {
        SessionView session = session("s", text("one"), text("two"));
        workers.learned(worker, ContentDigest.of(text("one")));

        assertThat(warm(session).get("s").cold()).isZero();

        assertThat(calls()).extracting(call -> call.contents().size()).containsExactly(1, 1);
        assertThat(pool.connections().cache("w")).contains(ContentDigest.of(text("one")));
    }

    @Test
    void whatAWorkerDoesNotKeepMustStayColdAndBeSentOnce() {
        SessionView session = session("s", text("one"), text("two"));
        pool.connections().refuse(ContentDigest.of(text("one")));

        assertThat(warm(session).get("s").cold()).isEqualTo(1);

        assertThat(calls()).hasSize(1);
        assertThat(workers.has(worker, ContentDigest.of(text("one")))).isFalse();
    }

    @Test
    void anEntryThatWasChangedMeanwhileMustStayCold() {
        SessionView session = session("s", text("one"));
        assertThat(store.save(
                        Caller.SYSTEM,
                        SessionDelta.of("s")
                                .put(
                                        "e0",
                                        "text/plain",
                                        text("other"),
                                        session.entries().get(0).version())))
                .isNotNull();

        assertThat(warm(session).get("s").cold()).isEqualTo(1);

        assertThat(calls()).isEmpty();
    }

    @Test
    void contentsMustBeTakenFromTheServersCache() {
        SessionView session = session("s", text("one"));
        contents.keep(ContentDigest.of(text("one")), text("one"));
        assertThat(store.delete(Caller.SYSTEM, "s")).isTrue();

        assertThat(warm(session).get("s").cold()).isZero();
    }

    @Test
    void manyBytesMustGoInSeveralCalls() {
        List<SessionView> sessions = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            sessions.add(session("s" + i, random(MIB, i), random(MIB, 100 + i)));
        }

        assertThat(warming.warm(pool, worker, sessions, WAIT).values()).allMatch(warmed -> warmed.cold() == 0);

        assertThat(calls()).extracting(Warm::bytes).containsExactly(4L * MIB, 4L * MIB, 4L * MIB);
    }

    @Test
    void manyDigestsMustGoInSeveralCallsThoughTheWorkerHasThemAll() {
        List<SessionView> sessions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[][] entries = new byte[500][];
            for (int j = 0; j < entries.length; j++) {
                entries[j] = text(i + "-" + j);
                workers.learned(worker, ContentDigest.of(entries[j]));
                assertThat(pool.connections().cache("w").add(ContentDigest.of(entries[j])))
                        .isTrue();
            }
            sessions.add(session("s" + i, entries));
        }

        assertThat(warming.warm(pool, worker, sessions, WAIT)).hasSize(3);

        assertThat(calls()).extracting(call -> call.digests().size()).containsExactly(1000, 500);
    }

    @Test
    void whatIsTooLargeForOneCallMustGoInSmallerOnes() {
        pool.connections().maxMessage(3000);
        SessionView session = session("s", random(1000, 1), random(1000, 2), random(1000, 3), random(5000, 4));

        assertThat(warm(session).get("s").cold())
                .as("one that is too large alone")
                .isEqualTo(1);

        assertThat(pool.connections().cache("w")).hasSize(3);
    }

    @Test
    void aWorkerThatCanNotBeHadMustBeToldSo() {
        SessionView session = session("s", text("one"));
        pool.end("w");

        assertThatThrownBy(() -> warm(session)).isInstanceOf(WorkersExhaustedException.class);
        assertThat(traffic.sent("p")).isEqualTo(new Sent(0, 0));
    }

    @Test
    void aSessionWithoutEntriesMustNeedNoCall() {
        assertThat(warm(session("s")).get("s").cold()).isZero();

        assertThat(calls()).isEmpty();
    }
}
