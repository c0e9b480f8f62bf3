// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sessions a list shows. */
abstract class FilterContract extends StoreFixture {

    FilterContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private List<String> found(SessionQuery query) {
        return store().page(OPERATOR, query).items().stream()
                .map(SessionInfo::id)
                .sorted()
                .toList();
    }

    private List<String> found(String text) {
        return found(SessionQuery.all().text(text));
    }

    private void create(String id, Map<String, String> metadata) {
        NewSession session = session(id);
        for (Map.Entry<String, String> one : metadata.entrySet()) {
            session = session.metadata(one.getKey(), one.getValue());
        }
        store().create(ADA, session);
    }

    @Test
    void theOwnerMustBeMatchedExactly() {
        create("a");
        store().create(BOB, session("b"));

        assertThat(found(SessionQuery.all().owner("ada"))).containsExactly("a");
        assertThat(found(SessionQuery.all().owner("bob"))).containsExactly("b");
        assertThat(found(SessionQuery.all().owner("Ada"))).isEmpty();
        assertThat(found(SessionQuery.all().owner("ad"))).isEmpty();
        assertThat(found(SessionQuery.all().owner("%"))).isEmpty();
    }

    @Test
    void theKindMustBeMatched() {
        create("durable");
        store().create(ADA, NewSession.temporary().id("temporary"));

        assertThat(found(SessionQuery.all().kind(SessionKind.DURABLE))).containsExactly("durable");
        assertThat(found(SessionQuery.all().kind(SessionKind.TEMPORARY))).containsExactly("temporary");
        assertThat(found(SessionQuery.all())).containsExactly("durable", "temporary");
    }

    @Test
    void theStateMustBeMatched() {
        create("whole", "a");
        create("damaged", "a");
        tested().replaceStored("damaged", "a", Damage.FLIPPED_BIT::done);
        read("damaged", "a");

        assertThat(found(SessionQuery.all().state(SessionState.ACTIVE))).containsExactly("whole");
        assertThat(found(SessionQuery.all().state(SessionState.DAMAGED))).containsExactly("damaged");
    }

    @Test
    void allConditionsMustHoldTogether() {
        create("wanted", Map.of("topic", "tax"));
        create("other", Map.of("topic", "love"));
        store().create(BOB, session("bobs").metadata("topic", "tax"));
        store().create(ADA, NewSession.temporary().id("temporary").metadata("topic", "tax"));

        assertThat(found(SessionQuery.all()
                        .owner("ada")
                        .kind(SessionKind.DURABLE)
                        .state(SessionState.ACTIVE)
                        .text("tax")))
                .containsExactly("wanted");
    }

    @Test
    void theTextMustBeFoundInIdOwnerAndMetadata() {
        create("needle-1");
        store().create(OPERATOR, session("by-owner").owner("a needle b"));
        create("by-metadata", Map.of("k", "hay needle hay"));
        create("none", Map.of("k", "hay"));

        assertThat(found("needle")).containsExactly("by-metadata", "by-owner", "needle-1");
    }

    @Test
    void theTextMustNotBeFoundInKeysNamesAndContent() {
        store().create(ADA, session("s", "needle").metadata("needle", "hay"));

        assertThat(found("needle")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"needle, NEEDLE", "GRÜSSE, grüsse", "Ωmega, ωMEGA", "ÇA, ça", "İ, İ", "ДА, да"})
    void theTextMustBeFoundWithoutRegardToCase(String value, String text) {
        create("s", Map.of("k", "hay " + value + " hay"));

        assertThat(found(text)).containsExactly("s");
        assertThat(found(value)).containsExactly("s");
    }

    @Test
    void theTextMustBeFoundInIdsWithoutRegardToCase() {
        create("AbC-dEf");

        assertThat(found("aBc-D")).containsExactly("AbC-dEf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%", "_", "\\", "!", "\\%", "!_", "[a]", "*", "?", ".", "'", "\"", "{", ":", ",", "\\n", "\\\\"})
    void theTextMustBeTakenLiterally(String text) {
        create("plain", Map.of("k", "abc 100"));
        create("odd", Map.of("k", "abc" + text + "100"));

        assertThat(found(text)).containsExactly("odd");
        assertThat(found("abc" + text + "1")).containsExactly("odd");
    }

    @Test
    void theTextMustNotReachFromOneValueToTheNext() {
        create("s", Map.of("a", "foo", "b", "bar"));

        for (String between : List.of("", " ", "\n", "\t", "\0", ",", "\",\"", "\":\"")) {
            requireNothing("foo" + between + "bar");
            requireNothing("s" + between + "ada");
            requireNothing("ada" + between + "foo");
        }
    }

    @Test
    void anEmptyTextMustMatchAll() {
        create("a");
        create("b");

        assertThat(found("")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "\uD83D", "\uDE00", "\n", "\t"})
    void aTextThatNothingCanHoldMustFindNothingOrBeRefused(String text) {
        create("a", Map.of("k", "😀"));

        requireNothing(text);
    }

    private void requireNothing(String text) {
        try {
            assertThat(found(text)).as(text).isEmpty();
        } catch (InvalidArgumentException e) {
            assertThat(e.context()).containsKey("field");
        }
    }

    @Test
    void theLongestTextMustBeFound() {
        String value = "0123456789".repeat(20);
        create("s", Map.of("k", "x" + value + "x"));

        assertThat(found(value)).containsExactly("s");
    }

    @Test
    void theTextMustBeFoundInWhatTheSessionIsNow() {
        create("s", Map.of("k", "before"));

        store().save(
                        OPERATOR,
                        SessionDelta.of("s")
                                .attributes(
                                        new AttributeChange("newowner", null, null, Map.of("k", "after"), Set.of())));

        assertThat(found("before")).isEmpty();
        assertThat(found("ada")).isEmpty();
        assertThat(found("after")).containsExactly("s");
        assertThat(found("newowner")).containsExactly("s");
        store().save(
                        OPERATOR,
                        SessionDelta.of("s").attributes(new AttributeChange(null, null, null, Map.of(), Set.of("k"))));
        assertThat(found("after")).isEmpty();
    }
}
