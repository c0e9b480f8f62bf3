// SPDX-License-Identifier: Apache-2.0
/** What happens on the servers of one database, numbered in one order. */
@NullMarked
package io.serpentry.event;

import org.jspecify.annotations.NullMarked;
