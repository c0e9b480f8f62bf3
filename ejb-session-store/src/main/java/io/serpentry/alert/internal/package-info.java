// SPDX-License-Identifier: Apache-2.0
/** How alerts are raised, kept, told and cleared. */
@NullMarked
package io.serpentry.alert.internal;

import org.jspecify.annotations.NullMarked;
