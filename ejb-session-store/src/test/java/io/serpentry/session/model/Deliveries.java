// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what a store delivers with what the model has announced. The two number announcements differently; what counts is that each
 * keeps its number when it is delivered again.
 */
final class Deliveries {

    /** What the observer throws; without a stack, which would fill the log. */
    private static final class Refusing extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusing() {
            super("refused, as the test wants it", null, false, false);
        }
    }

    private final Map<Long, Long> numbers = new HashMap<>();

    /** Delivers, and notes in the model what was delivered. */
    void deliver(Operation.Deliver operation, SessionStore store, ModelStore model) {
        List<SessionEnded> told = new ArrayList<>();
        int count = store.deliver(operation.limit(), announcement -> {
            told.add(announcement);
            if (operation.refused().contains(announcement.session())) {
                throw new Refusing();
            }
        });
        List<SessionEnded> due = new ArrayList<>(model.outbox().due(model.now()));
        assertThat(told).hasSize(Math.min(operation.limit(), due.size()));
        int accepted = 0;
        for (SessionEnded announcement : told) {
            SessionEnded expected = expected(announcement, due);
            assertThat(expected)
                    .as("%s among those that are due: %s", announcement, due)
                    .isNotNull();
            due.remove(expected);
            numbers.put(announcement.id(), expected.id());
            if (operation.refused().contains(announcement.session())) {
                model.outbox().failed(expected.id(), model.now());
            } else {
                model.outbox().accepted(expected.id());
                accepted++;
            }
        }
        assertThat(count).isEqualTo(accepted);
    }

    /** The one that it was before, or the first that says the same and was none yet. */
    private SessionEnded expected(SessionEnded announcement, List<SessionEnded> due) {
        Long known = numbers.get(announcement.id());
        return due.stream()
                .filter(one -> known == null ? !numbers.containsValue(one.id()) : known == one.id())
                .filter(one -> numbered(announcement, one.id()).equals(one))
                .findFirst()
                .orElse(null);
    }

    private static SessionEnded numbered(SessionEnded announcement, long id) {
        return new SessionEnded(
                id,
                announcement.session(),
                announcement.owner(),
                announcement.kind(),
                announcement.reason(),
                announcement.at());
    }
}
