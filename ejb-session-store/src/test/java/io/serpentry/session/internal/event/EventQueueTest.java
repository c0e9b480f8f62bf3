// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.event.NewEvent;
import io.serpentry.session.internal.jpa.EventBatch.Published;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final EventQueue queue = new EventQueue(4);

    private int add(int from, int to) {
        List<NewEvent> events = IntStream.range(from, to)
                .mapToObj(i -> new NewEvent("e" + i, Map.of()))
                .toList();
        return queue.add(START.plusSeconds(from), events);
    }

    private List<String> taken(int limit) {
        return queue.take(limit).stream().map(EventQueueTest::text).toList();
    }

    private static String text(Published event) {
        Object count = event.event().data().get("count");
        return event.event().type() + (count == null ? "" : " " + count);
    }

    @Test
    void whatWasAddedMustComeOutInItsOrder() {
        add(0, 2);
        add(2, 3);

        assertThat(taken(2)).containsExactly("e0", "e1");
        assertThat(queue.isWaiting()).isTrue();
        assertThat(taken(2)).containsExactly("e2");
        assertThat(queue.isWaiting()).isFalse();
        assertThat(taken(2)).isEmpty();
    }

    @Test
    void whatDoesNotFitMustBeCountedWhereItIsMissing() {
        assertThat(add(0, 6)).isEqualTo(2);
        assertThat(taken(1)).containsExactly("e0");
        assertThat(add(6, 7))
                .as("no place beside the one that tells of the lost")
                .isEqualTo(1);
        assertThat(taken(1)).containsExactly("e1");

        assertThat(add(7, 8)).isZero();

        assertThat(taken(10)).containsExactly("e2", "e3", "events.lost 3", "e7");
        assertThat(queue.isWaiting()).isFalse();
    }

    @Test
    void theLastThatWereLostMustBeToldWhenNothingFollows() {
        add(0, 5);

        assertThat(taken(4)).containsExactly("e0", "e1", "e2", "e3");
        assertThat(queue.isWaiting()).isTrue();
        assertThat(queue.take(4)).singleElement().satisfies(event -> {
            assertThat(text(event)).isEqualTo("events.lost 1");
            assertThat(event.at()).isEqualTo(START);
        });
        assertThat(queue.isWaiting()).isFalse();
    }
}
