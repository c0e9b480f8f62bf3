// SPDX-License-Identifier: Apache-2.0
/** {@code POST /call}: one call of a registered Python function, for operators and for trying things out. */
@NullMarked
package io.serpentry.admin.call;

import org.jspecify.annotations.NullMarked;
