// SPDX-License-Identifier: Apache-2.0
/** How sessions are kept. */
@NullMarked
package io.serpentry.session.internal;

import org.jspecify.annotations.NullMarked;
