// SPDX-License-Identifier: Apache-2.0
/** What took long, over REST. */
@NullMarked
package io.serpentry.admin.slow;

import org.jspecify.annotations.NullMarked;
