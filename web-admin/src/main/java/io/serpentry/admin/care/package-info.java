// SPDX-License-Identifier: Apache-2.0
/** The care of workers by hand: cordon, recycle, reload. */
@NullMarked
package io.serpentry.admin.care;

import org.jspecify.annotations.NullMarked;
