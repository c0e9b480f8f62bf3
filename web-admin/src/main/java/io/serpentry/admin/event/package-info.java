// SPDX-License-Identifier: Apache-2.0
/** The log of events, as a list and as a stream. */
@NullMarked
package io.serpentry.admin.event;

import org.jspecify.annotations.NullMarked;
