// SPDX-License-Identifier: Apache-2.0
/**
 * The REST interface under {@code /serpentry/api/v1}: what the pools and workers are doing. Thin over
 * {@link io.serpentry.connector.PythonPools}; it keeps no state of its own.
 */
@NullMarked
package io.serpentry.admin;

import org.jspecify.annotations.NullMarked;
