// SPDX-License-Identifier: Apache-2.0
/** The audit: who did what to sessions, workers and pools, when and why. */
@NullMarked
package io.serpentry.audit;

import org.jspecify.annotations.NullMarked;
