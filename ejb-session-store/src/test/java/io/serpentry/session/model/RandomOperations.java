// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.internal.store.SessionSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Random operations on a store, compared with the model; for each store a subclass. */
public abstract class RandomOperations {

    protected abstract StoreUnderTest subject();

    @AddLifecycleHook(LongRuns.class)
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void everyAnswerMustBeThatOfTheModel(
            @ForAll("settings") SessionSettings settings, @ForAll("operations") List<Operation> operations) {
        Optional<Throwable> failure = failure(settings, operations);
        if (failure.isPresent()) {
            List<Operation> fewer =
                    Reduction.of(operations, some -> failure(settings, some).isPresent());
            String sequence = fewer.stream().map(Operation::toString).collect(Collectors.joining("\n  ", "\n  ", "\n"));
            Throwable cause = failure(settings, fewer).orElse(failure.get());
            throw new AssertionError(sequence + settings + "\n" + cause, cause);
        }
    }

    private Optional<Throwable> failure(SessionSettings settings, List<Operation> operations) {
        try {
            new Comparison(subject(), settings).play(operations);
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(e);
        }
    }

    @Provide
    Arbitrary<SessionSettings> settings() {
        return Sequences.settings();
    }

    @Provide
    Arbitrary<List<Operation>> operations() {
        return Sequences.operations();
    }
}
