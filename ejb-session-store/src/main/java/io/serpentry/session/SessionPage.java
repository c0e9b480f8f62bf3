// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list of sessions.
 *
 * @param next the cursor of the page after this one; null if this is the last
 */
public record SessionPage(List<SessionInfo> items, @Nullable String next) {

    public SessionPage {
        items = List.copyOf(items);
    }
}
