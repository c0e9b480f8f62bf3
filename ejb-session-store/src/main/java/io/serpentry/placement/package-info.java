// SPDX-License-Identifier: Apache-2.0
/** Which worker has which session warm. */
@NullMarked
package io.serpentry.placement;

import org.jspecify.annotations.NullMarked;
