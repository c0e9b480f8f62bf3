// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** Tells how the session store is doing, without asking it. Any thread may call it. */
public interface StoreMonitor {

    StoreStatus status();
}
