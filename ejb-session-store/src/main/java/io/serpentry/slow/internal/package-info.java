// SPDX-License-Identifier: Apache-2.0
/** How it is noticed. */
@NullMarked
package io.serpentry.slow.internal;

import org.jspecify.annotations.NullMarked;
