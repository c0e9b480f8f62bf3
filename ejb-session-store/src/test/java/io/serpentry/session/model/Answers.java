// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.connector.PythonException;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.SessionConflictException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a call gave, in a form that can be compared. */
final class Answers {

    private Answers() {}

    /** @param details what must be the same whoever refuses */
    record Refusal(String type, ErrorCode code, Object details) {

        static Refusal of(PythonException e) {
            return new Refusal(e.getClass().getSimpleName(), e.code(), details(e));
        }

        private static Object details(PythonException e) {
            if (e instanceof SessionConflictException conflict) {
                return Set.copyOf(conflict.conflicts());
            }
            if (e instanceof InvalidArgumentException) {
                return e.context().getOrDefault("field", "");
            }
            if (e instanceof RevisionNotFoundException || e.code() == ErrorCode.ILLEGAL_STATE) {
                return "";
            }
            return Map.copyOf(e.context());
        }
    }

    /** The answer of a store. */
    static Object of(Supplier<Object> call) {
        try {
            return call.get();
        } catch (PythonException e) {
            return Refusal.of(e);
        }
    }

    /** The answers that are right according to the model. */
    static Set<Object> right(Supplier<Object> call) {
        try {
            return Set.of(call.get());
        } catch (PythonException e) {
            return Set.of(Refusal.of(e));
        } catch (Refusals.Refused e) {
            return e.reasons().stream().map(Refusal::of).collect(Collectors.toUnmodifiableSet());
        }
    }
}
