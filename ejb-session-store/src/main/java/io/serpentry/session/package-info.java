// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions: named state of one owner that lives in the central store, not in a worker. {@link
 * io.serpentry.session.PythonSessions} is what applications inject, {@link io.serpentry.session.SessionStore} the contract
 * of what keeps them.
 */
@NullMarked
package io.serpentry.session;

import org.jspecify.annotations.NullMarked;
