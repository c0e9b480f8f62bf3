// SPDX-License-Identifier: Apache-2.0
/** What every store is made of: settings, the stored form of entries, expiry, and how a session's past is told. */
@NullMarked
package io.serpentry.session.internal.store;

import org.jspecify.annotations.NullMarked;
