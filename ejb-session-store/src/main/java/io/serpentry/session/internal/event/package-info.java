// SPDX-License-Identifier: Apache-2.0
/** Events on their way into the log. */
@NullMarked
package io.serpentry.session.internal.event;

import org.jspecify.annotations.NullMarked;
