// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import io.serpentry.session.testkit.SessionStoreContract;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A contract that nobody can break proves nothing: each fault that is planted turns its part of the contract red. */
class ContractsNoticeTest {

    @AfterEach
    void plantNone() {
        FaultyStore.fault = null;
    }

    private static TestExecutionSummary run(String part) {
        Class<?> contract = Stream.concat(
                        Arrays.stream(FaultyStore.class.getDeclaredClasses()),
                        Arrays.stream(SessionStoreContract.class.getDeclaredClasses()))
                .filter(type -> type.getSimpleName().equals(part))
                .findFirst()
                .orElseThrow();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectNestedClass(List.of(FaultyStore.class), contract))
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }

    @ParameterizedTest
    @EnumSource(PlantedFault.class)
    void aPlantedFaultMustTurnTheContractRed(PlantedFault fault) {
        FaultyStore.fault = fault;

        TestExecutionSummary summary = run(fault.noticedBy());

        assertThat(summary.getTestsFailedCount()).as("tests that noticed").isPositive();
        assertThat(summary.getTestsSucceededCount())
                .as("tests that are about other things")
                .isPositive();
    }

    @Test
    void aStoreWithoutAFaultMustKeepTheContractInTheSameRun() {
        for (String part : Arrays.stream(PlantedFault.values())
                .map(PlantedFault::noticedBy)
                .distinct()
                .toList()) {
            TestExecutionSummary summary = run(part);

            assertThat(summary.getTestsStartedCount()).as(part).isPositive();
            assertThat(summary.getTestsFailedCount()).as(part).isZero();
        }
    }
}
