// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions in the memory of one server. {@link io.serpentry.session.internal.memory.Deltas} says what a save means, without a
 * store around it.
 */
@NullMarked
package io.serpentry.session.internal.memory;

import org.jspecify.annotations.NullMarked;
