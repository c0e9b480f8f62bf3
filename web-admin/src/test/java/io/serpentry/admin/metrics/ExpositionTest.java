// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerState;
import io.smallrye.metrics.SharedMetricRegistries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.Reference;
import org.eclipse.microprofile.metrics.MetricFilter;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pools' metrics from a look to the text that Prometheus reads, through SmallRye's own registries. */
class ExpositionTest {

    private static MetricRegistry application;

    private final List<PythonPool> pools = new ArrayList<>();
    private final PoolMetrics metrics = new PoolMetrics();

    @BeforeAll
    static void openRegistries() {
        EmptyConfig.install();
        application = SharedMetricRegistries.getOrCreate(MetricRegistry.APPLICATION_SCOPE);
        SharedMetricRegistries.getOrCreate(MetricRegistry.BASE_SCOPE);
    }

    @BeforeEach
    void inject() {
        metrics.pools = new Shown(pools);
        metrics.registry = application;
    }

    @AfterEach
    void removeMetrics() {
        application.removeMatching(MetricFilter.ALL);
    }

    private List<String> samples() {
        metrics.look();
        return Exposition.of(MetricRegistry.APPLICATION_SCOPE)
                .lines()
                .filter(line -> !line.startsWith("# HELP"))
                .toList();
    }

    @Test
    void everyMetricMustHaveItsNameItsTypeAndItsTags() {
        pools.add(
                new ShownPool("default").withBusy(WorkerState.LIVE, 20_000_000).with(WorkerState.LIVE, 500_000));

        assertThat(samples())
                .contains(
                        "# TYPE serpentry_pool_workers gauge",
                        "serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"starting\",} 0.0",
                        "serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"idle\",} 1.0",
                        "serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"busy\",} 1.0",
                        "serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"draining\",} 0.0",
                        "# TYPE serpentry_worker_memory_bytes gauge",
                        "serpentry_worker_memory_bytes{mp_scope=\"application\",pool=\"default\",} 2.05E7",
                        "# TYPE serpentry_worker_starts_total counter",
                        "serpentry_worker_starts_total{mp_scope=\"application\",pool=\"default\",reason=\"demand\",} 2.0",
                        "serpentry_worker_starts_total{mp_scope=\"application\",pool=\"default\",reason=\"care\",} 0.0",
                        "# TYPE serpentry_worker_ends_total counter",
                        "serpentry_worker_ends_total{cause=\"lost\",mp_scope=\"application\",pool=\"default\",} 0.0",
                        "# TYPE serpentry_pool_waiting gauge",
                        "serpentry_pool_waiting{mp_scope=\"application\",pool=\"default\",} 0.0",
                        "serpentry_pool_connections_max{mp_scope=\"application\",pool=\"default\",} 4.0",
                        "serpentry_pool_state{mp_scope=\"application\",pool=\"default\",} 1.0");
    }

    @Test
    void eachLookMustShowThePoolAsItIsThen() {
        ShownPool pool = new ShownPool("default").with(WorkerState.LIVE, 1);
        pools.add(pool);
        samples();

        pool.withBusy(WorkerState.LIVE, 1);

        assertThat(samples())
                .contains("serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"busy\",} 1.0")
                .contains(
                        "serpentry_worker_starts_total{mp_scope=\"application\",pool=\"default\",reason=\"demand\",} 2.0");
    }

    @Test
    void aPoolThatComesLaterMustHaveItsOwnNumbers() {
        pools.add(new ShownPool("default").with(WorkerState.LIVE, 1));
        samples();

        pools.add(new ShownPool("models").with(WorkerState.STARTING, 7));

        assertThat(samples())
                .contains("serpentry_worker_memory_bytes{mp_scope=\"application\",pool=\"default\",} 1.0")
                .contains("serpentry_worker_memory_bytes{mp_scope=\"application\",pool=\"models\",} 7.0")
                .contains("serpentry_pool_workers{mp_scope=\"application\",pool=\"models\",state=\"starting\",} 1.0");
    }

    @Test
    void withoutAScopeTheServersOwnMetricsMustBeThereToo() {
        pools.add(new ShownPool("default"));
        metrics.look();

        assertThat(Exposition.of(null)).contains("serpentry_pool_workers{").contains("jvm_uptime_seconds{");
        assertThat(Exposition.of("base")).doesNotContain("serpentry_").contains("jvm_uptime_seconds{");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "", "Base", "vendor"})
    void aScopeThatNothingHasMustNotBeFoundAndNotBeMade(String scope) {
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(PythonException.class)
                    .isThrownBy(() -> Exposition.of(scope))
                    .withMessage("there is no scope '" + scope + "'; there are: application, base")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    private record Shown(List<PythonPool> list) implements PythonPools {
        @Override
        public Optional<PythonPool> find(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void addListener(PoolListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void traceWith(CallTracer tracer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeListener(PoolListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setReference(Reference reference) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reference getReference() {
            throw new UnsupportedOperationException();
        }
    }
}
