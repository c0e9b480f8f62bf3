// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreCapability;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What two servers see of each other in a store that is {@link StoreCapability#SHARED}. */
public abstract class SharingContract extends StoreFixture {

    protected SharingContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private List<SessionStore> both() {
        return List.of(store(), tested().another());
    }

    @Test
    void whatOneServerStoresTheOtherMustSee() {
        SessionStore other = both().get(1);
        create("s", "a");
        assertThat(other.find(ADA, "s")).contains(view("s"));

        put("s", "a", "x");
        assertThat(other.find(ADA, "s")).contains(view("s"));

        store().delete(ADA, "s");
        assertThat(other.find(ADA, "s")).isEmpty();
    }

    @Test
    void aSaveBasedOnWhatTheOtherServerHasReplacedMustBeRefused() {
        List<SessionStore> both = both();
        create("s", "a");
        both.get(1).save(ADA, SessionDelta.of("s").put("a", TEXT, bytes("other"), 1));

        assertThatThrownBy(() -> save(SessionDelta.of("s").put("a", TEXT, bytes("late"), 1)))
                .isInstanceOf(SessionConflictException.class);
    }

    @Test
    void oneOfManyCreatorsOnBothServersMustGetTheId() {
        List<SessionStore> both = both();
        for (int round = 0; round < 20; round++) {
            String id = "s" + round;

            List<Boolean> created = Together.run(THREADS, thread -> isCreated(both.get(thread % 2), id));

            assertThat(created).containsOnlyOnce(true);
        }
    }

    private static boolean isCreated(SessionStore store, String id) {
        try {
            store.create(ADA, session(id));
            return true;
        } catch (SessionExistsException e) {
            return false;
        }
    }

    @Test
    void incrementsOfBothServersMustCountOnce() {
        List<SessionStore> both = both();
        create("s");

        Together.run(THREADS, thread -> {
            for (int i = 0; i < 50; i++) {
                both.get(thread % 2).save(ADA, SessionDelta.of("s").increment("n", 1));
            }
            return null;
        });

        assertThat(text("s", "n")).isEqualTo("800");
    }

    @Test
    void theSweepersOfBothServersMustSweepEverySessionOnce() {
        List<SessionStore> both = both();
        IntStream.range(0, 200).forEach(i -> create("s" + i));
        clock.pass(Duration.ofHours(3));

        List<Integer> swept = Together.run(2, thread -> {
            int sum = 0;
            for (int batch = both.get(thread).expireDue(10);
                    batch > 0;
                    batch = both.get(thread).expireDue(10)) {
                sum += batch;
            }
            return sum;
        });

        assertThat(swept.get(0) + swept.get(1)).isEqualTo(200);
        assertThat(ended()).extracting(SessionEnded::session).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void theDeliverersOfBothServersMustDeliverEachAnnouncementOnce() {
        List<SessionStore> both = both();
        IntStream.range(0, 100).forEach(i -> {
            create("s" + i);
            store().delete(ADA, "s" + i);
        });
        ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

        Together.run(8, thread -> both.get(thread % 2).deliver(100, ended -> told.add(ended.session())));

        assertThat(told).hasSize(100).doesNotHaveDuplicates();
    }
}
