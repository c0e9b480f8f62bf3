// SPDX-License-Identifier: Apache-2.0
/** What is shown to admins only: secrets by their names. */
@NullMarked
package io.serpentry.admin.mask;

import org.jspecify.annotations.NullMarked;
