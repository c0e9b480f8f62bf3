// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.internal.store.StoredContent;
import org.jspecify.annotations.Nullable;

/** What an entry becomes: new content, a new counter value, or nothing. */
sealed interface Replacement {

    String name();

    /** What it counts for against the session's bytes. */
    int size();

    record Value(String name, String mediaType, @Nullable Long counter, StoredContent content) implements Replacement {
        @Override
        public int size() {
            return content.size();
        }
    }

    record Removal(String name) implements Replacement {
        @Override
        public int size() {
            return 0;
        }
    }
}
