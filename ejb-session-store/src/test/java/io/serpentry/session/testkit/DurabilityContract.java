// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.EntryRead;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store that is {@link StoreCapability#DURABLE} still knows when it is opened again. */
public abstract class DurabilityContract extends StoreFixture {

    protected DurabilityContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Test
    void sessionsMustBeAsTheyWere() {
        store().create(ADA, session("s", "a", "b").metadata("k", "v").lifetime(Duration.ofDays(3)));
        put("s", "a", "compressible ".repeat(100));
        save(SessionDelta.of("s").increment("n", 5));
        SessionView before = view("s");

        reopen();

        assertThat(view("s")).isEqualTo(before);
        assertThat(text("s", "a")).isEqualTo("compressible ".repeat(100));
        assertThat(text("s", "n")).isEqualTo("5");
    }

    @Test
    void timesMustGoOn() {
        clock.set(create("s").expiresAt());

        reopen();

        assertThat(exists("s")).isFalse();
        assertThat(store().expireDue(1)).isEqualTo(1);
    }

    @Test
    void announcementsMustStillBeDelivered() {
        create("s");
        store().delete(ADA, "s");

        reopen();

        assertThat(ended()).extracting("session").containsExactly("s");
        reopen();
        assertThat(ended()).isEmpty();
    }

    @Test
    void versionsMustGoOnAboveThoseThatWereRemoved() {
        create("s", "a");
        put("s", "a", "a 2");
        remove("s", "a");

        reopen();

        assertThat(put("s", "a", "again").versions()).containsEntry("a", 3L);
        assertThat(info("s").revision()).isEqualTo(4);
    }

    @Test
    void whatIsStoredLaterMustComeLaterInTheHistory() {
        create("s", "a");
        put("s", "a", "a 2");
        reopen();
        put("s", "b", "x");
        reopen();
        put("s", "a", "a 3");

        List<SessionRevision> revisions = store().revisions(ADA, "s");

        assertThat(revisions).extracting(SessionRevision::revision).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(revisions.get(0).changes()).containsExactly(new SessionRevision.Change("a", 3, false));
    }

    @Test
    void quarantineMustStay() {
        create("s", "a");
        tested().replaceStored("s", "a", Damage.FLIPPED_BIT::done);
        EntryRead damaged = read("s", "a");
        clock.pass(Duration.ofMinutes(1));

        reopen();

        assertThat(read("s", "a").info()).isEqualTo(damaged.info());
        assertThat(store().statistics(OPERATOR).quarantined()).isEqualTo(1);
    }
}
