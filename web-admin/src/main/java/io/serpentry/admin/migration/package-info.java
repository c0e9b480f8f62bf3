// SPDX-License-Identifier: Apache-2.0
/** Migrations over REST. */
@NullMarked
package io.serpentry.admin.migration;

import org.jspecify.annotations.NullMarked;
