// SPDX-License-Identifier: Apache-2.0
/** What took long on this server. */
@NullMarked
package io.serpentry.slow;

import org.jspecify.annotations.NullMarked;
