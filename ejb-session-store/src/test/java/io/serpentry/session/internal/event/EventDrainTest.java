// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.event.NewEvent;
import io.serpentry.session.internal.jpa.EventBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventDrainTest {

    private final EventQueue queue = new EventQueue(100_000);
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<String> attempts = new ArrayList<>();
    private boolean failing;
    private Runnable meanwhile = () -> {};

    private final EventDrain drain = new EventDrain(queue, "node1", new EventDrain.Sink() {
        @Override
        public long append(EventBatch batch) {
            return write(batch, "append");
        }

        @Override
        public long appendAgain(EventBatch batch, long above) {
            return write(batch, "again above " + above);
        }

        private long write(EventBatch batch, String how) {
            attempts.add(how + " " + batch.events().size());
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            if (failing) {
                throw new IllegalStateException("down");
            }
            batch.events().forEach(event -> log.add(event.event().type()));
            return log.size();
        }
    });

    private void add(int from, int to) {
        queue.add(Instant.EPOCH, events(from, to));
    }

    private static List<NewEvent> events(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new NewEvent("e" + i, Map.of()))
                .toList();
    }

    private static List<String> types(int to) {
        return IntStream.range(0, to).mapToObj(i -> "e" + i).toList();
    }

    @Test
    void allThatWaitsMustBeWrittenInBatches() {
        add(0, 1200);

        assertThat(drain.run()).isEqualTo(1200);

        assertThat(attempts).containsExactly("append 500", "append 500", "append 200");
        assertThat(log).isEqualTo(types(1200));
        assertThat(drain.hasWork()).isFalse();
    }

    @Test
    void aBatchThatFailedMustBeTriedAgainAsItIsBeforeWhatFollows() {
        add(0, 2);
        drain.run();
        failing = true;
        add(2, 4);
        assertThatThrownBy(drain::run).hasMessage("down");
        add(4, 5);
        assertThatThrownBy(drain::run).hasMessage("down");
        assertThat(drain.hasWork()).isTrue();
        failing = false;

        assertThat(drain.run()).isEqualTo(3);

        assertThat(attempts).containsExactly("append 2", "append 2", "again above 2 2", "again above 2 2", "append 1");
        assertThat(log).isEqualTo(types(5));
    }

    @Test
    void whatComesWhileOneThreadWritesMustBeWrittenByIt() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        List<Integer> byOther = new ArrayList<>();
        meanwhile = () -> {
            add(1, 3);
            new Thread(() -> {
                        byOther.add(drain.run());
                        other.countDown();
                    })
                    .start();
            await(other);
        };
        add(0, 1);

        assertThat(drain.run()).isEqualTo(3);

        assertThat(byOther).containsExactly(0);
        assertThat(log).isEqualTo(types(3));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
