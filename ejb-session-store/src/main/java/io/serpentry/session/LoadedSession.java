// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.List;

/**
 * A session with some of its entries' content, as of one moment.
 *
 * @param contents of the entries that were asked for and exist, ordered by name
 */
public record LoadedSession(SessionView view, List<EntryRead> contents) {

    public LoadedSession {
        contents = List.copyOf(contents);
    }
}
