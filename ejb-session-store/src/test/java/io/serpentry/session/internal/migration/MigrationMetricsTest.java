// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.session.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.junit.jupiter.api.Test;

class MigrationMetricsTest {

    private final List<String> moved = new ArrayList<>();
    private final MigrationMetrics metrics = new MigrationMetrics(fake(MetricRegistry.class, this::metric));

    private interface Answer {
        Object to(String method, Object[] arguments);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    private Object metric(String kind, Object[] arguments) {
        String name = ((Metadata) arguments[0]).getName();
        String text =
                name + Arrays.stream((Tag[]) arguments[1]).map(Tag::getTagValue).toList();
        Answer noted = (method, values) -> {
            moved.add(text);
            return null;
        };
        return kind.equals("timer") ? fake(Timer.class, noted) : fake(Counter.class, noted);
    }

    private static Migration migration(MigrationState state) {
        return new Migration(
                "m",
                "plan-1",
                MigrationRequest.evacuate("p", "a"),
                state,
                "node1",
                "ada",
                "",
                ManualClock.START,
                ManualClock.START,
                ManualClock.START.plusSeconds(1),
                new Progress(0, 0, 0, 0));
    }

    @Test
    void anEndMustBeCountedWithItsTime() {
        metrics.changed(migration(MigrationState.VERIFYING));
        assertThat(moved).isEmpty();

        metrics.changed(migration(MigrationState.ROLLED_BACK));

        assertThat(moved)
                .containsExactly(
                        "serpentry_migrations_total[evacuate, rolled_back]",
                        "serpentry_migration_seconds[evacuate, rolled_back]");
    }

    /** From its start to the end of the way back days may have passed. */
    @Test
    void oneThatIsTakenBackMustNotEndTwice() {
        metrics.changed(migration(MigrationState.DONE));
        moved.clear();
        metrics.takenBack("m", true);

        metrics.changed(migration(MigrationState.ROLLED_BACK));

        assertThat(moved).containsExactly("serpentry_migrations_total[evacuate, taken_back]");
    }
}
