// SPDX-License-Identifier: Apache-2.0
/** How many requests a user may send. */
@NullMarked
package io.serpentry.admin.limit;

import org.jspecify.annotations.NullMarked;
