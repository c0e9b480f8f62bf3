// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of {@link io.serpentry.session.SessionStore} as tests, for every adapter, also those of others: extend {@link
 * io.serpentry.session.testkit.SessionStoreContract}.
 */
package io.serpentry.session.testkit;
