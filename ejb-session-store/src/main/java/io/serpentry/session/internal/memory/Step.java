// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

/** What became of a session, and what its caller is told. */
record Step<T>(StoredSession next, T result) {}
