// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.internal.archive.SessionArchiveContract;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.StoreUnderTest;
import java.time.InstantSource;

class InMemoryArchiveTest extends SessionArchiveContract {

    @Override
    protected StoreUnderTest open(SessionSettings settings, InstantSource clock) {
        return new InMemoryStoreUnderTest(new InMemorySessionStore(settings, clock));
    }
}
