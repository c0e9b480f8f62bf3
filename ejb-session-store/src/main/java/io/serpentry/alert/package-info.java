// SPDX-License-Identifier: Apache-2.0
/** Alerts: what is wrong with this server's calls and workers, or with the store of sessions, and for how long. */
@NullMarked
package io.serpentry.alert;

import org.jspecify.annotations.NullMarked;
