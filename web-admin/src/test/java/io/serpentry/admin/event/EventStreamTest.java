// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A stream to a client that takes one thing at a time, as the network does. */
class EventStreamTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** The ids that the log keeps. */
    private record Log(long first, long last) implements EventLog {

        @Override
        public List<ServerEvent> after(long id, int limit) {
            return LongStream.rangeClosed(Math.max(first, id + 1), last)
                    .limit(limit)
                    .mapToObj(found -> new ServerEvent(found, NOW, "node1", "test.numbered", Map.of()))
                    .toList();
        }

        @Override
        public void publish(List<NewEvent> events) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Listening whenWritten(Runnable listener) {
            throw new UnsupportedOperationException();
        }
    }

    /** Refuses to send while something is on its way, as {@link SseClient} does. */
    private static final class OneAtATime implements EventClient {

        private final List<String> sent = new ArrayList<>();
        private CompletableFuture<Void> onItsWay = CompletableFuture.completedFuture(null);
        private boolean closed;

        private CompletionStage<?> send(String what) {
            if (!onItsWay.isDone()) {
                return CompletableFuture.failedStage(new IllegalStateException("still sending"));
            }
            sent.add(what);
            onItsWay = new CompletableFuture<>();
            return onItsWay;
        }

        @Override
        public CompletionStage<?> send(List<ServerEvent> events) {
            return send(events.stream().map(ServerEvent::id).toList().toString());
        }

        @Override
        public CompletionStage<?> sendGap(long oldest) {
            return send("gap " + oldest);
        }

        @Override
        public CompletionStage<?> sendAlive(long seen) {
            return send("alive " + seen);
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final OneAtATime client = new OneAtATime();

    private List<String> heard(EventStream stream, EventTail tail) {
        tail.follow();
        for (int round = 0; round < 3; round++) {
            stream.advance(tail, NOW);
            client.onItsWay.complete(null);
        }
        return client.sent;
    }

    @Test
    void whoMissedWhatIsNotKeptMustBeToldOfTheGapAndThenGetWhatIs() {
        EventTail tail = new EventTail(new Log(10, 12));
        EventStream stream = new EventStream(client, EventTypes.of(null), 3, () -> {});

        assertThat(heard(stream, tail))
                .startsWith("gap 10", "[10, 11, 12]")
                .filteredOn(text -> text.startsWith("gap"))
                .hasSize(1);
        assertThat(client.closed).isFalse();
    }

    @Test
    void whoHasSeenAnotherLogMustBeToldOfAGapOnce() {
        EventTail tail = new EventTail(new Log(1, 2));
        EventStream stream = new EventStream(client, EventTypes.of(null), 0, () -> {}).lost();

        assertThat(heard(stream, tail))
                .startsWith("gap 1", "[1, 2]")
                .filteredOn(text -> text.startsWith("gap"))
                .hasSize(1);
    }

    @Test
    void whoMissedNothingMustNotBeToldOfAGap() {
        EventTail tail = new EventTail(new Log(1, 3));
        EventStream stream = new EventStream(client, EventTypes.of(null), 1, () -> {});

        assertThat(heard(stream, tail)).startsWith("[2, 3]").noneMatch(text -> text.startsWith("gap"));
    }
}
