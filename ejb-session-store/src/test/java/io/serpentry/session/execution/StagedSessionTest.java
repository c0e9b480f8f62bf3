// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.session.Caller;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What several calls of one transaction change in a session, made one. */
class StagedSessionTest {

    private static final Caller CALLER = Caller.of("ada");

    private final StagedSession staged = new StagedSession("s", CALLER);

    private static Change put(String text, long base) {
        byte[] content = text.getBytes(UTF_8);
        return new Change(new EntryChange.Put("e", "text/plain", content, base), ContentDigest.of(content));
    }

    private static Change remove(long base) {
        return new Change(new EntryChange.Remove("e", base), null);
    }

    private static Change increment(long by) {
        return new Change(new EntryChange.Increment("e", by), null);
    }

    private void add(Change... changes) {
        for (Change change : changes) {
            staged.add(CALLER, new CallOutcome(List.of(change), Map.of()));
        }
    }

    private EntryChange only() {
        assertThat(staged.delta().changes()).hasSize(1);
        return staged.delta().changes().get(0);
    }

    @Test
    void aLaterPutMustReplaceTheContentAndKeepTheVersionThatTheFirstWasBasedOn() {
        add(put("one", 3), put("two", 3));

        EntryChange.Put put = (EntryChange.Put) only();
        assertThat(put.expected()).isEqualTo(3);
        assertThat(put.content()).isEqualTo("two".getBytes(UTF_8));
    }

    @Test
    void anEntryThatWasRemovedAndPutAgainMustBeReplaced() {
        add(remove(3), put("new", EntryChange.ABSENT));

        assertThat(only()).isInstanceOf(EntryChange.Put.class);
        assertThat(only().expected()).isEqualTo(3);
    }

    @Test
    void anEntryThatWasPutAndRemovedMustBeRemoved() {
        add(put("one", 3), remove(3));

        assertThat(only()).isEqualTo(new EntryChange.Remove("e", 3));
    }

    @Test
    void anEntryThatIsNewAndRemovedAgainMustLeaveNothing() {
        add(put("one", EntryChange.ABSENT), remove(EntryChange.ANY));

        assertThat(staged.delta().changes()).isEmpty();
        assertThat(staged.isEmpty()).isTrue();
    }

    @Test
    void incrementsMustAddUp() {
        add(increment(2), increment(-5));

        assertThat(only()).isEqualTo(new EntryChange.Increment("e", -3));
    }

    @Test
    void incrementsBeyond64BitsMustBeRefused() {
        add(increment(Long.MAX_VALUE));

        assertThatThrownBy(() -> add(increment(1)))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("\"e\"")
                .hasMessageContaining("64 bits");
    }

    @Test
    void anIncrementOfWhatWasPutMustBeRefused() {
        add(put("5", 1));

        assertThatThrownBy(() -> add(increment(1)))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("no counter");
    }

    @Test
    void ofACallThatIsRefusedNothingMustBeStaged() {
        add(put("5", 1));
        byte[] content = "6".getBytes(UTF_8);
        Change other = new Change(new EntryChange.Put("d", "text/plain", content, 0), ContentDigest.of(content));
        CallOutcome refused = new CallOutcome(List.of(other, put("6", 1), increment(1)), Map.of("read", 4L));

        assertThatThrownBy(() -> staged.add(CALLER, refused)).isInstanceOf(ConnectionStateException.class);

        assertThat(((EntryChange.Put) only()).content()).isEqualTo("5".getBytes(UTF_8));
        assertThat(staged.delta().reads()).isEmpty();
    }

    @Test
    void aCounterThatIsCountedAfterItsRemovalMustHaveTheRemovalWrittenFirst() {
        add(remove(3));

        assertThat(staged.mustBeWrittenBefore(new CallOutcome(List.of(increment(1)), Map.of())))
                .isTrue();
        assertThat(staged.mustBeWrittenBefore(new CallOutcome(List.of(put("x", 0)), Map.of())))
                .isFalse();
    }

    @Test
    void theFirstVersionReadMustCount() {
        staged.add(CALLER, new CallOutcome(List.of(), Map.of("a", 1L)));
        staged.add(CALLER, new CallOutcome(List.of(), Map.of("a", 2L, "b", 5L)));

        assertThat(staged.delta().reads()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1L, "b", 5L));
    }

    @Test
    void aReadOfWhatIsStagedMustNotCount() {
        add(put("one", EntryChange.ABSENT));
        staged.add(CALLER, new CallOutcome(List.of(), Map.of("e", 1L)));

        assertThat(staged.delta().reads()).isEmpty();
    }
}
