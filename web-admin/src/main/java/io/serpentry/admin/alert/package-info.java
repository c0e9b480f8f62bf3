// SPDX-License-Identifier: Apache-2.0
/** {@code /alerts}. */
@NullMarked
package io.serpentry.admin.alert;

import org.jspecify.annotations.NullMarked;
