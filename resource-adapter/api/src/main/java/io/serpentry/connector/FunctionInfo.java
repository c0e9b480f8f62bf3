// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function as Python registered it.
 *
 * @param name {@code module.function}
 * @param doc the first line of its docstring, empty if it has none
 * @param idempotent whether running it twice does no harm
 * @param timeout the deadline for callers that name none, null if the function declares none
 * @param uses the session entries it declares to need
 * @param shared whether it takes the session that all calls of its pool share
 * @param returns the type hint of its result, as text
 */
public record FunctionInfo(
        String name,
        String doc,
        boolean idempotent,
        @Nullable Duration timeout,
        List<String> uses,
        boolean shared,
        String returns,
        List<Parameter> parameters) {

    /** @param type the type hint, as text */
    public record Parameter(String name, String type, boolean required) {}

    public FunctionInfo {
        uses = List.copyOf(uses);
        parameters = List.copyOf(parameters);
    }
}
