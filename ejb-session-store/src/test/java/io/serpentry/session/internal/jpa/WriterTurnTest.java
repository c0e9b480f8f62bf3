// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriterTurnTest {

    private final WriterTurn turn = new WriterTurn(Duration.ofSeconds(30));

    @Test
    void oneThreadAfterTheOtherMustHaveTheTurn() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        Threads.run(8, thread -> {
            for (int i = 0; i < 200; i++) {
                try (WriterTurn.Turn ours = turn.await()) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    inside.decrementAndGet();
                }
            }
        });

        assertThat(most).hasValue(1);
    }

    @Test
    void aThreadThatHasTheTurnMustNotWaitForItself() {
        try (WriterTurn.Turn outer = turn.await()) {
            try (WriterTurn.Turn inner = turn.await()) {
                assertThat(inner).isNotNull();
            }
            assertThat(CompletableFuture.supplyAsync(turn::await))
                    .as("kept by the outer one")
                    .isNotDone();
        }
    }

    @Test
    void anotherThreadMustBeAbleToEndTheTurn() throws Exception {
        WriterTurn.Turn ours = turn.await();
        CompletableFuture.runAsync(ours::close).get(30, TimeUnit.SECONDS);

        CompletableFuture<WriterTurn.Turn> next = CompletableFuture.supplyAsync(turn::await);

        assertThat(next.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void whoWaitsTooLongMustBeToldOfContention() throws Exception {
        WriterTurn impatient = new WriterTurn(Duration.ofMillis(1));
        CompletableFuture.runAsync(impatient::await).get(30, TimeUnit.SECONDS);

        assertThatThrownBy(impatient::await)
                .isInstanceOf(StoreFailure.Contention.class)
                .hasMessageContaining("writing sessions");
    }
}
