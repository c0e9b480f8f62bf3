// SPDX-License-Identifier: Apache-2.0
/** {@code /audit}: who did what, when and why. */
@NullMarked
package io.serpentry.admin.audit;

import org.jspecify.annotations.NullMarked;
