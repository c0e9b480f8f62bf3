// SPDX-License-Identifier: Apache-2.0
/** Traces by OpenTelemetry. May change at any time. */
@NullMarked
package io.serpentry.tracing.internal;

import org.jspecify.annotations.NullMarked;
