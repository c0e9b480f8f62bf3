// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.EntryChange;
import org.jspecify.annotations.Nullable;

/**
 * A change that a call has made to an entry.
 *
 * @param sha256 of the content of a put, null for other changes
 */
record Change(EntryChange entry, @Nullable String sha256) {

    String name() {
        return entry.name();
    }
}
