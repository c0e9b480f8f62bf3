// SPDX-License-Identifier: Apache-2.0
/** Whether this server lives, has started and may be given work. */
@NullMarked
package io.serpentry.health;

import org.jspecify.annotations.NullMarked;
