// SPDX-License-Identifier: Apache-2.0
/** Metrics: what the pools are doing as gauges and counters, and the endpoint that shows them with all others. */
@NullMarked
package io.serpentry.admin.metrics;

import org.jspecify.annotations.NullMarked;
