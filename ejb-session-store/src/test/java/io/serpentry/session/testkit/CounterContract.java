// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What increments do. */
abstract class CounterContract extends StoreFixture {

    CounterContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private Saved increment(String name, long by) {
        return save(delta().increment(name, by));
    }

    @Test
    void anIncrementOfWhatIsNotThereMustCreateACounter() {
        create("s");

        assertThat(increment("n", 42)).isEqualTo(new Saved(2, Map.of("n", 1L), Map.of("n", 42L)));
        assertThat(view("s").entries())
                .containsExactly(new EntryInfo(
                        "n", 1, "application/json", 2, ContentDigest.of(bytes("42")), true, START, "ada", null));
        assertThat(info("s").entryCount()).isEqualTo(1);
        assertThat(info("s").bytes()).isEqualTo(1024);
    }

    @Test
    void aCounterMustBeReadAsItsDigits() {
        create("s");
        increment("n", Long.MIN_VALUE);

        assertThat(text("s", "n")).isEqualTo("-9223372036854775808");
        assertThat(read("s", "n").info().size()).isEqualTo(20);
    }

    @Test
    void anIncrementMustAddAndMakeTheNextVersion() {
        create("s");
        increment("n", 5);

        assertThat(increment("n", -7)).isEqualTo(new Saved(3, Map.of("n", 2L), Map.of("n", -2L)));
        assertThat(increment("n", 0)).isEqualTo(new Saved(4, Map.of("n", 3L), Map.of("n", -2L)));
        assertThat(text("s", "n")).isEqualTo("-2");
    }

    @Test
    void incrementsOfOneDeltaMustBeToldEach() {
        create("s");
        increment("a", 1);

        Saved saved = save(delta().increment("a", 10).increment("b", 20));

        assertThat(saved.counters()).isEqualTo(Map.of("a", 11L, "b", 20L));
        assertThat(saved.versions()).isEqualTo(Map.of("a", 2L, "b", 1L));
    }

    @Test
    void anIncrementMustNotFitAnEntryThatIsNoCounter() {
        create("s", "plain");

        assertThatThrownBy(() -> save(put(delta(), "other", "x").increment("plain", 1)))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContainingAll("\"plain\"", "\"s\"")
                .extracting("code")
                .isEqualTo(ErrorCode.ILLEGAL_STATE);
        assertThat(view("s").entries())
                .extracting(EntryInfo::name, EntryInfo::version)
                .hasSize(1);
        assertThat(info("s").revision()).isEqualTo(1);
    }

    @Test
    void contentThatLooksLikeANumberMustStillBeNoCounter() {
        create("s");
        save(delta().put("n", "application/json", bytes("42"), EntryChange.ABSENT));

        assertThat(view("s").entry("n").orElseThrow().counter()).isFalse();
        assertThatThrownBy(() -> increment("n", 1)).isInstanceOf(ConnectionStateException.class);
    }

    @Test
    void aSumBeyondALongMustBeRefusedAtBothEnds() {
        create("s");
        increment("top", Long.MAX_VALUE - 1);
        increment("bottom", Long.MIN_VALUE);
        assertThat(increment("top", 1).counters()).containsEntry("top", Long.MAX_VALUE);

        assertThatThrownBy(() -> increment("top", 1))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("\"top\"");
        assertThatThrownBy(() -> increment("bottom", -1)).isInstanceOf(ConnectionStateException.class);
        assertThat(text("s", "top")).isEqualTo("" + Long.MAX_VALUE);
        assertThat(text("s", "bottom")).isEqualTo("" + Long.MIN_VALUE);
    }

    @Test
    void aPutOnACounterMustMakeItAPlainEntry() {
        create("s");
        increment("n", 1);

        put("s", "n", "text");

        assertThat(view("s").entry("n").orElseThrow())
                .extracting(EntryInfo::counter, EntryInfo::version, EntryInfo::mediaType)
                .containsExactly(false, 2L, TEXT);
        assertThat(text("s", "n")).isEqualTo("text");
        assertThatThrownBy(() -> increment("n", 1)).isInstanceOf(ConnectionStateException.class);
    }

    @Test
    void aCounterThatWasRemovedMustBeginAnew() {
        create("s");
        increment("n", 5);
        increment("n", 5);
        remove("s", "n");

        assertThat(increment("n", 3)).isEqualTo(new Saved(5, Map.of("n", 3L), Map.of("n", 3L)));
    }

    @Test
    void everyOneOfSixteenThousandIncrementsMustCountOnce() {
        create("s");
        int each = 1000;

        List<List<Long>> values = Together.run(THREADS, thread -> IntStream.range(0, each)
                .mapToObj(i -> increment("n", 1).counters().get("n"))
                .toList());

        assertThat(text("s", "n")).isEqualTo("16000");
        assertThat(view("s").entry("n").orElseThrow().version()).isEqualTo(16_000);
        assertThat(info("s").revision()).isEqualTo(16_001);
        assertThat(values.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 16_000).boxed().toList());
    }

    @Test
    void deltasWithIncrementsMustBeExactWithoutAConflict() {
        create("s", IntStream.range(0, THREADS).mapToObj(i -> "e" + i).toArray(String[]::new));
        int each = 50;

        Together.run(THREADS, thread -> {
            for (int version = 1; version <= each; version++) {
                save(delta().put("e" + thread, TEXT, bytes("x"), version)
                        .increment("calls", 1)
                        .increment("tokens", 100));
            }
            return null;
        });

        assertThat(text("s", "calls")).isEqualTo("800");
        assertThat(text("s", "tokens")).isEqualTo("80000");
        assertThat(info("s").revision()).isEqualTo(1 + 3L * THREADS * each);
    }

    @Test
    void deltasThatIncrementInDifferentOrdersMustNotGetInEachOthersWay() {
        create("s");

        Together.run(8, thread -> {
            for (int i = 0; i < 25; i++) {
                save(
                        thread % 2 == 0
                                ? delta().increment("a", 1).increment("b", 1).increment("c" + thread, 1)
                                : delta().increment("c" + thread, 1)
                                        .increment("b", 1)
                                        .increment("a", 1));
            }
            return null;
        });

        assertThat(text("s", "a")).isEqualTo("200");
        assertThat(text("s", "b")).isEqualTo("200");
    }
}
