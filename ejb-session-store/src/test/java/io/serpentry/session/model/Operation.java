// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.SessionStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One step of a random sequence; its text is what a failure shows. */
public sealed interface Operation {

    /**
     * Calls the store.
     *
     * @param bound makes the call for the state that the model is in; it must give the same on every store
     */
    record Call(String text, Function<ModelStore, Function<SessionStore, Object>> bound) implements Operation {
        @Override
        public String toString() {
            return text;
        }
    }

    /** Lets time pass; a negative duration is a clock that was set back. */
    record Wait(Duration time) implements Operation {
        @Override
        public String toString() {
            return "wait " + time;
        }
    }

    /** @param refused the observer throws for these sessions */
    record Deliver(int limit, Set<String> refused) implements Operation {
        @Override
        public String toString() {
            return "deliver " + limit + (refused.isEmpty() ? "" : ", refusing " + refused);
        }
    }

    /** The store ends without a word, and is opened again. */
    record Crash() implements Operation {
        @Override
        public String toString() {
            return "crash";
        }
    }

    /** These operations in one transaction of the caller. */
    record Transaction(List<Operation> operations, End end) implements Operation {
        @Override
        public String toString() {
            return operations.stream()
                    .map(Operation::toString)
                    .collect(Collectors.joining("; ", "transaction { ", "; } " + end));
        }
    }

    /** How a transaction ends. */
    enum End {
        COMMIT,
        ROLLBACK,
        CRASH
    }
}
