// SPDX-License-Identifier: Apache-2.0
/** What is looked at. */
@NullMarked
package io.serpentry.health.internal;

import org.jspecify.annotations.NullMarked;
