// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import org.jspecify.annotations.Nullable;

/**
 * Something in the store that is not as it should be.
 *
 * @param entry its name; null if the problem is of the session as a whole
 */
public record CheckProblem(String session, @Nullable String entry, String message) {}
