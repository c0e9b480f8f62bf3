// SPDX-License-Identifier: Apache-2.0
/** Traces: what was done for a request, step by step, on whichever side of the call. */
@NullMarked
package io.serpentry.tracing;

import org.jspecify.annotations.NullMarked;
