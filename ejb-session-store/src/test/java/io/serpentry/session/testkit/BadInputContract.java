// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That what can not be is named in the refusal, whichever way it comes in. */
abstract class BadInputContract extends StoreFixture {

    private static final List<String> BAD_IDS = List.of(
            "",
            "x".repeat(129),
            " ",
            "a b",
            " a",
            "a ",
            "a/b",
            "a%b",
            "ä",
            "日本",
            "-a",
            "_a",
            ".a",
            "a\n",
            "a\0b",
            "a'",
            "a\"",
            "a\\",
            "\uD83D");
    private static final List<String> BAD_NAMES =
            List.of("", "x".repeat(256), "a\0", "a\nb", "\t", "\u0085", "\uD83D", "a\uDE00", "\uDE00\uD83D");

    BadInputContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static void requireRefusal(String field, String input, ThrowingCallable call) {
        assertThat(refusal(call))
                .as("refusal of \"%s\"", input)
                .isInstanceOf(InvalidArgumentException.class)
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(refusal.context()).containsEntry("field", field).containsKey("limit");
                    assertThat(refusal.getMessage()).matches("\\P{Cntrl}{1,300}");
                });
    }

    @ParameterizedTest
    @EnumSource(SessionCall.class)
    void aTextThatIsNoIdMustBeRefused(SessionCall call) {
        for (String id : BAD_IDS) {
            requireRefusal("session id", id, () -> call.run(store(), ADA, id));
        }
    }

    @Test
    void aSessionMustNotBeCreatedWithWhatIsNoId() {
        for (String id : BAD_IDS) {
            requireRefusal("session id", id, () -> create(id));
        }
    }

    @Test
    void idsUpToTheLimitMustBeTaken() {
        List<String> ids = List.of("x".repeat(128), "0", "a.b_c:d~e@f-g", "Z-");
        for (String id : ids) {
            create(id, "a");
            put(id, "a", "x");
            assertThat(text(id, "a")).isEqualTo("x");
            assertThat(info(id).id()).isEqualTo(id);
            assertThat(store().delete(ADA, id)).isTrue();
        }
        assertThat(ended()).extracting("session").isEqualTo(ids);
    }

    @Test
    void aTextThatIsNoNameMustBeRefusedWhereEntriesAreRead() {
        create("s", "a");
        for (String name : BAD_NAMES) {
            requireRefusal("entry name", name, () -> store().entries(ADA, "s", Set.of("a", name), Set.of()));
            requireRefusal("entry name", name, () -> store().load(ADA, "s", Set.of(name), Set.of()));
            requireRefusal("entry name", name, () -> store().version(ADA, "s", name, 1));
            requireRefusal("entry name", name, () -> store().restoreEntry(ADA, "s", name, 1));
        }
    }

    @Test
    void aTextThatIsNoNameMustBeRefusedWhereEntriesAreWritten() {
        create("s");
        for (String name : BAD_NAMES) {
            requireRefusal("entry name", name, () -> put("s", name, "x"));
            requireRefusal("entry name", name, () -> remove("s", name));
            requireRefusal("entry name", name, () -> save(SessionDelta.of("s").increment(name, 1)));
            requireRefusal("entry name", name, () -> save(SessionDelta.of("s").read(name, 1)));
            requireRefusal("entry name", name, () -> create("t", name));
        }
    }

    @Test
    void aTextThatIsNoOwnerMustBeRefused() {
        for (String name : BAD_NAMES) {
            requireRefusal("caller", name, () -> Caller.of(name));
            requireRefusal(
                    "owner", name, () -> store().create(OPERATOR, session("s").owner(name)));
            requireRefusal("owner", name, () -> store().page(
                            OPERATOR, SessionQuery.all().owner(name)));
            requireRefusal("owner", name, () -> store().save(
                            OPERATOR, attributes(new AttributeChange(name, null, null, Map.of(), Set.of()))));
        }
    }

    private static SessionDelta attributes(AttributeChange change) {
        return SessionDelta.of("s").attributes(change);
    }

    @Test
    void ownersUpToTheLimitMustBeTaken() {
        for (String name : List.of("x".repeat(255), "😀", "CN=Ada, O=\"Analytical\" \\ Engine", " ", "' or 1=1 --")) {
            Caller owner = Caller.of(name);
            String id = store().create(owner, NewSession.durable()).id();

            assertThat(store().find(owner, id).orElseThrow().info().owner()).isEqualTo(name);
            assertThat(store().page(owner, SessionQuery.all().owner(name)).items())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PT0S", "PT-1S", "PT-0.001S", "PT0.000999999S", "P36500DT0.001S", "PT2562047788015215H30M7S"})
    void aDurationThatCanNotBeMustBeRefused(Duration duration) {
        create("s");

        requireRefusal("idleTimeout", "", () -> store().create(ADA, session("t").idleTimeout(duration)));
        requireRefusal("lifetime", "", () -> store().create(ADA, session("t").lifetime(duration)));
        requireRefusal(
                "idleTimeout",
                "",
                () -> save(attributes(new AttributeChange(null, duration, null, Map.of(), Set.of()))));
        requireRefusal(
                "lifetime", "", () -> save(attributes(new AttributeChange(null, null, duration, Map.of(), Set.of()))));
        assertThat(tested().storedSessions()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "text/", "/plain", "text plain/x", "text/pläin", "a/b\n", "a/b;\0"})
    void aTextThatIsNoMediaTypeMustBeRefused(String mediaType) {
        create("s");

        requireRefusal(
                "mediaType",
                mediaType,
                () -> save(SessionDelta.of("s").put("a", mediaType, bytes("x"), EntryChange.ANY)));
    }

    @Test
    void moreChangesThanAllowedMustBeRefused() {
        create("s");
        List<EntryChange> changes = IntStream.rangeClosed(0, 1000)
                .<EntryChange>mapToObj(i -> new EntryChange.Increment("n" + i, 1))
                .toList();
        List<EntryChange.Put> puts = IntStream.rangeClosed(0, 1000)
                .mapToObj(i -> new EntryChange.Put("e" + i, TEXT, new byte[0], 0))
                .toList();
        Map<String, Long> reads =
                IntStream.rangeClosed(0, 1000).boxed().collect(Collectors.toMap(i -> "e" + i, i -> 1L));

        requireRefusal("number of changes", "", () -> save(delta(changes, Map.of())));
        requireRefusal("number of reads", "", () -> save(delta(List.of(), reads)));
        requireRefusal("number of entries", "", () -> store().create(
                        ADA, new NewSession("t", null, info("s").kind(), null, null, null, Map.of(), puts)));
    }

    private static SessionDelta delta(List<EntryChange> changes, Map<String, Long> reads) {
        return new SessionDelta("s", changes, AttributeChange.NONE, SessionDelta.ANY_REVISION, reads);
    }

    @Test
    void aMillionEntriesMustBeRefused() {
        Set<String> names = IntStream.range(0, 1_000_000).mapToObj(i -> "e" + i).collect(Collectors.toSet());
        List<EntryChange> changes = new ArrayList<>();
        names.forEach(name -> changes.add(new EntryChange.Remove(name, EntryChange.ANY)));
        create("s");

        requireRefusal("number of names", "", () -> store().entries(ADA, "s", names, Set.of()));
        requireRefusal("number of names", "", () -> store().load(ADA, "s", names, Set.of()));
        requireRefusal("number of changes", "", () -> save(delta(changes, Map.of())));
    }

    @Test
    void twoChangesToOneEntryMustBeRefused() {
        create("s", "a");

        requireRefusal(
                "entry name",
                "a",
                () -> save(put(SessionDelta.of("s"), "a", "x").remove("a", 1)));
        requireRefusal("entry name", "a", () -> create("t", "a", "a"));
    }

    @Test
    void versionsAndRevisionsThatCanNotBeMustBeRefused() {
        create("s", "a");

        requireRefusal("expected version", "-2", () -> save(SessionDelta.of("s").put("a", TEXT, bytes("x"), -2)));
        requireRefusal("expected version", "-2", () -> save(SessionDelta.of("s").remove("a", -2)));
        requireRefusal("expected version", "0", () -> save(SessionDelta.of("s").remove("a", EntryChange.ABSENT)));
        requireRefusal("version read", "-1", () -> save(SessionDelta.of("s").read("a", -1)));
        requireRefusal(
                "expected revision", "-1", () -> save(SessionDelta.of("s").expectedRevision(-1)));
    }

    @Test
    void moreMetadataThanAllowedMustBeRefused() {
        Map<String, String> full = new HashMap<>();
        IntStream.range(0, 64).forEach(i -> full.put("k" + i, "x".repeat(1024)));
        create("s");
        save(metadata(full));
        assertThat(info("s").metadata()).isEqualTo(full);

        requireRefusal("metadata", "65", () -> save(metadata(Map.of("one more", "x"))));
        requireRefusal("metadata.k0", "1025", () -> save(metadata(Map.of("k0", "x".repeat(1025)))));
        requireRefusal("metadata.k0", "\n", () -> save(metadata(Map.of("k0", "\n"))));
        requireRefusal("metadata key", "", () -> save(metadata(Map.of("", "x"))));
        requireRefusal("metadata key", "", () -> create("t", Map.of("x".repeat(256), "x")));
        assertThat(info("s").metadata()).isEqualTo(full);
        save(attributes(new AttributeChange(null, null, null, Map.of("one more", "x"), Set.of("k0"))));
    }

    private static SessionDelta metadata(Map<String, String> metadata) {
        return attributes(new AttributeChange(null, null, null, metadata, Set.of()));
    }

    private void create(String id, Map<String, String> metadata) {
        store().create(ADA, new NewSession(id, null, info("s").kind(), null, null, null, metadata, List.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001, Integer.MAX_VALUE})
    void aLimitThatCanNotBeMustBeRefused(int limit) {
        requireRefusal("limit", "" + limit, () -> store().expireDue(limit));
        requireRefusal("limit", "" + limit, () -> store().deliver(limit, ended -> {}));
        requireRefusal(
                "limit", "" + limit, () -> store().page(ADA, SessionQuery.all().limit(limit)));
    }

    @Test
    void limitsAtTheirEndsMustBeTaken() {
        assertThat(store().expireDue(1) + store().expireDue(10_000)).isZero();
        assertThat(store().deliver(1, ended -> {}) + store().deliver(10_000, ended -> {}))
                .isZero();
        requireRefusal(
                "limit", "501", () -> store().page(ADA, SessionQuery.all().limit(501)));
        assertThat(store().page(ADA, SessionQuery.all().limit(500)).items()).isEmpty();
    }

    @Test
    void aTextThatIsTooLongMustBeRefused() {
        requireRefusal("length of the text", "", () -> store().page(
                        ADA, SessionQuery.all().text("x".repeat(201))));
    }
}
