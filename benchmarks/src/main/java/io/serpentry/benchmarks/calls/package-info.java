// SPDX-License-Identifier: Apache-2.0
/** Calls in sessions, in the server, against what they are made of. */
@NullMarked
package io.serpentry.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
