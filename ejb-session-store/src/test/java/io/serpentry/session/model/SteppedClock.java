// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

final class SteppedClock implements InstantSource {

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");

    void step(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
