// SPDX-License-Identifier: Apache-2.0
/** {@code /health}. */
@NullMarked
package io.serpentry.admin.health;

import org.jspecify.annotations.NullMarked;
