// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import io.serpentry.session.Invocation;
import io.serpentry.session.PythonSessions;

/**
 * Programs of language models, written with DSPy, on the workers of one pool. Any worker runs any of them; they are stored in sessions, or
 * for all calls of the pool. A module of the pool has to import {@code serpentry.dspy}.
 *
 * <p>In a transaction, what is created, changed and counted is part of it. Safe for use by any number of threads.
 *
 * <p>All methods of it and of {@link Programs} throw {@link io.serpentry.connector.PythonException}: {@code INVALID_ARGUMENT} with the
 * field's name, {@code NOT_FOUND} and {@code ILLEGAL_STATE} as they say, {@code UNKNOWN_FUNCTION} if the pool has no
 * {@code serpentry.dspy}; and {@code PYTHON_RAISED} for the model's failures, with the type {@code serpentry.dspy.LanguageModelError} or
 * {@code serpentry.dspy.UnusableAnswer}, {@code isRetryable()}, and in the context {@code reason}, {@code status}, {@code retryAfter}.
 */
public interface DspyPrograms {

    /** Of the default pool, on behalf of whom the sessions are used. */
    static DspyPrograms of(PythonSessions sessions) {
        return new DspyCalls(sessions, Invocation.DEFAULT_POOL);
    }

    /** The same on another pool. */
    DspyPrograms pool(String name);

    /**
     * Sets the language model of all programs of the pool, but of those in sessions that have another. Each worker uses it from its next call
     * on, also those that start later.
     */
    void configure(LanguageModel model);

    /** Sets the language model of the programs that run in this session. */
    void configure(String session, LanguageModel model);

    /** The programs of a session. */
    Programs in(String session);

    /** The programs that belong to the pool. What one of them is executed with is in no session. */
    Programs global();

    /** Removes global programs whose lifetime is over, which nobody sees any more; how many. */
    int removeExpired();
}
