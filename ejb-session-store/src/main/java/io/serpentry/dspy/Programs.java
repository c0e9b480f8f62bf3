// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The programs of one session, or of the pool. Errors are as {@link DspyPrograms} says. */
public interface Programs {

    /** {@code ILLEGAL_STATE} if there is one of this id, or if there may be no more global ones. */
    void create(NewProgram program);

    /**
     * Runs a program with the language model that is configured. {@code NOT_FOUND} if there is none of this id; {@code ILLEGAL_STATE} if no
     * model is configured, or if the program's class or DSPy is not what it was when it was stored.
     *
     * @param inputs by name; all that the signature has
     */
    Prediction execute(String program, Map<String, ? extends @Nullable Object> inputs);

    /** Those that there are, ordered by id. */
    List<ProgramInfo> list();

    Optional<ProgramInfo> find(String program);

    /** False if there is none. */
    boolean delete(String program);

    /** Lets an optimizer find demos for the program and stores it so. It may take long: the call's deadline is an hour. */
    Compilation compile(String program, Training training);

    /** Removes all of them, and the language model of this place; how many programs there were. */
    int clear();
}
