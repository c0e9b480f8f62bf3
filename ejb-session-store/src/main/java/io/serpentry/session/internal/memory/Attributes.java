// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionKind;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link AttributeChange} can change.
 *
 * @param version 1 at creation, and one more with each change
 * @param save that wrote it
 */
record Attributes(
        String owner,
        Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        long version,
        Save save) {

    private static final StoredContent NO_CONTENT = StoredContent.of(new byte[0], Codec.NONE);

    static Attributes of(NewSession session, Save save, SessionSettings settings) {
        Duration usual =
                session.kind() == SessionKind.TEMPORARY ? settings.temporaryIdleTimeout() : settings.idleTimeout();
        return new Attributes(
                session.owner() == null ? save.caller().name() : session.owner(),
                wholeMillis(session.idleTimeout() == null ? usual : session.idleTimeout()),
                wholeMillisOrNull(session.lifetime() == null ? settings.lifetime() : session.lifetime()),
                session.metadata(),
                1,
                save);
    }

    Attributes changed(AttributeChange change, Save by) {
        return new Attributes(
                change.owner() == null ? owner : change.owner(),
                change.idleTimeout() == null ? idleTimeout : wholeMillis(change.idleTimeout()),
                change.lifetime() == null ? lifetime : wholeMillis(change.lifetime()),
                change.appliedTo(metadata),
                version + 1,
                by);
    }

    boolean hasTimesOf(Attributes other) {
        return idleTimeout.equals(other.idleTimeout) && Objects.equals(lifetime, other.lifetime);
    }

    /** As it takes part in the history: an entry without a name. */
    StoredEntry asEntry() {
        return new StoredEntry(
                "", version, 1, save.change(), save.at(), save.caller().name(), "", null, NO_CONTENT, null);
    }

    private static @Nullable Duration wholeMillisOrNull(@Nullable Duration duration) {
        return duration == null ? null : wholeMillis(duration);
    }

    /** Every store has this precision. */
    private static Duration wholeMillis(Duration duration) {
        return Duration.ofMillis(duration.toMillis());
    }
}
