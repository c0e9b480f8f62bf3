// SPDX-License-Identifier: Apache-2.0
/** The settings of the session store, from MicroProfile Config. */
@NullMarked
package io.serpentry.session.internal.config;

import org.jspecify.annotations.NullMarked;
