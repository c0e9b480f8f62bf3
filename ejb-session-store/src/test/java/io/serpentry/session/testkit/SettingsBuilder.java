// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;

/** The usual settings, but for what a test wants otherwise. */
final class SettingsBuilder {

    private static final SessionSettings USUAL = SessionSettings.defaults();

    private Duration lifetime = USUAL.lifetime();
    private Duration touchInterval = USUAL.touchInterval();
    private int maxEntrySize = USUAL.maxEntrySize();
    private int maxEntries = USUAL.maxEntries();
    private long maxBytes = USUAL.maxBytes();
    private int maxSessionsPerOwner = USUAL.maxSessionsPerOwner();
    private int historyCount = USUAL.historyCount();
    private Duration historyAge = USUAL.historyAge();
    private Codec codec = USUAL.codec();

    SettingsBuilder lifetime(Duration value) {
        lifetime = value;
        return this;
    }

    SettingsBuilder touchInterval(Duration value) {
        touchInterval = value;
        return this;
    }

    SettingsBuilder maxEntrySize(int value) {
        maxEntrySize = value;
        return this;
    }

    SettingsBuilder maxEntries(int value) {
        maxEntries = value;
        return this;
    }

    SettingsBuilder maxBytes(long value) {
        maxBytes = value;
        return this;
    }

    SettingsBuilder maxSessionsPerOwner(int value) {
        maxSessionsPerOwner = value;
        return this;
    }

    SettingsBuilder historyCount(int value) {
        historyCount = value;
        return this;
    }

    SettingsBuilder historyAge(Duration value) {
        historyAge = value;
        return this;
    }

    SettingsBuilder codec(Codec value) {
        codec = value;
        return this;
    }

    SessionSettings build() {
        return new SessionSettings(
                USUAL.idleTimeout(),
                USUAL.temporaryIdleTimeout(),
                lifetime,
                touchInterval,
                maxEntrySize,
                maxEntries,
                maxBytes,
                maxSessionsPerOwner,
                historyCount,
                historyAge,
                codec);
    }
}
