// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationChanged;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.placement.SessionMoved;
import io.serpentry.session.testkit.ManualClock;
import jakarta.enterprise.event.Event;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {

    private static final Migration MIGRATION = new Migration(
            "m",
            "plan-1",
            MigrationRequest.evacuate("p", "a"),
            MigrationState.DONE,
            "node1",
            "ada",
            "",
            ManualClock.START,
            null,
            null,
            new Progress(0, 0, 0, 0));

    private final List<Object> fired = new ArrayList<>();
    private final List<State> counted = new ArrayList<>();
    private final List<NewEvent> published = new ArrayList<>();
    private final Announcements announcements = new Announcements();

    @BeforeEach
    void listen() {
        announcements.moves = event(fired::add);
        announcements.changes = event(fired::add);
        announcements.metrics = new MigrationMetrics() {
            @Override
            void changed(Migration migration) {}

            @Override
            void moved(boolean returned) {
                counted.add(returned ? State.RETURNED : State.MOVED);
            }
        };
        announcements.events = log(published::addAll);
    }

    /** An event log that only takes events. */
    @SuppressWarnings("unchecked")
    private static EventLog log(Consumer<List<NewEvent>> listener) {
        return (EventLog) Proxy.newProxyInstance(
                EventLog.class.getClassLoader(), new Class<?>[] {EventLog.class}, (proxy, method, arguments) -> {
                    listener.accept((List<NewEvent>) arguments[0]);
                    return null;
                });
    }

    @SuppressWarnings("unchecked")
    private static <T> Event<T> event(Consumer<Object> observer) {
        return (Event<T>) Proxy.newProxyInstance(
                Event.class.getClassLoader(), new Class<?>[] {Event.class}, (proxy, method, arguments) -> {
                    observer.accept(arguments[0]);
                    return null;
                });
    }

    private static MoveReceipt receipt(State state, String problem) {
        return new MoveReceipt(0, "s", "p", "a", "b", state, null, null, 0, ManualClock.START, null, problem);
    }

    private List<String> moved(State state, String problem) {
        announcements.moved(MIGRATION, List.of(receipt(state, problem)));
        return fired.stream()
                .map(SessionMoved.class::cast)
                .map(event -> event.session() + " from " + event.from() + " to " + event.to() + " " + event.returned())
                .toList();
    }

    @Test
    void aMoveMustBeToldFromWhereToWhere() {
        assertThat(moved(State.MOVED, null)).containsExactly("s from a to b false");
        assertThat(counted).containsExactly(State.MOVED);
        assertThat(published).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("session.moved");
            assertThat(event.data()).containsEntry("session", "s").containsEntry("to", "b");
        });
    }

    @Test
    void aReturnMustBeToldTheOtherWayRound() {
        assertThat(moved(State.RETURNED, null)).containsExactly("s from b to a true");
        assertThat(counted).containsExactly(State.RETURNED);
    }

    @Test
    void aSessionThatCouldNotBePlacedAsBeforeMustNotBeToldAsMoved() {
        assertThat(moved(State.RETURNED, "worker a has ended; any other serves the session"))
                .isEmpty();
        assertThat(counted).isEmpty();
    }

    @Test
    void aSkippedSessionMustNotBeToldAsMoved() {
        assertThat(moved(State.SKIPPED, "the session has ended")).isEmpty();
    }

    @Test
    void anObserverThatFailsMustChangeNothing() {
        announcements.moves = event(told -> {
            throw new IllegalStateException("planted");
        });
        announcements.moved(MIGRATION, List.of(receipt(State.MOVED, null), receipt(State.MOVED, null)));
        announcements.changed(MIGRATION);

        assertThat(counted).containsExactly(State.MOVED, State.MOVED);
        assertThat(fired).containsExactly(new MigrationChanged(MIGRATION));
    }
}
