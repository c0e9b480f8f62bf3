// SPDX-License-Identifier: Apache-2.0
/** Migrations of sessions between workers: planned, carried out, written down. */
@NullMarked
package io.serpentry.session.internal.migration;

import org.jspecify.annotations.NullMarked;
