// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Order of lists, and the pages they are cut into. */
abstract class PageContract extends StoreFixture {

    /** In an order that no locale has: that of their bytes. */
    private static final List<String> IDS =
            List.of("1", "10", "9", "A", "B-1", "B.1", "B1", "B:1", "B@1", "B_1", "a", "b", "b~1");

    private static final Map<SessionOrder, Comparator<SessionInfo>> ORDERS = Map.of(
            SessionOrder.CREATED_ASCENDING, byCreation(),
            SessionOrder.CREATED_DESCENDING, byCreation().reversed(),
            SessionOrder.ID_ASCENDING, Comparator.comparing(SessionInfo::id),
            SessionOrder.ID_DESCENDING, Comparator.comparing(SessionInfo::id).reversed());

    PageContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static Comparator<SessionInfo> byCreation() {
        return Comparator.comparing(SessionInfo::createdAt).thenComparing(SessionInfo::id);
    }

    private SessionPage page(SessionQuery query) {
        return store().page(ADA, query);
    }

    /** All pages, one after the other; something happens between them. */
    private List<SessionInfo> all(SessionQuery query, Consumer<SessionPage> between) {
        List<SessionInfo> all = new ArrayList<>();
        SessionPage page = page(query);
        all.addAll(page.items());
        while (page.next() != null) {
            between.accept(page);
            page = page(query.cursor(page.next()));
            all.addAll(page.items());
        }
        return all;
    }

    private List<SessionInfo> all(SessionQuery query) {
        return all(query, page -> {});
    }

    /** Some at the same moment, some later. */
    private List<SessionInfo> createSome() {
        List<String> shuffled = new ArrayList<>(IDS);
        Collections.shuffle(shuffled, new Random(1));
        List<SessionInfo> created = new ArrayList<>();
        for (int i = 0; i < shuffled.size(); i++) {
            clock.pass(Duration.ofMillis(i % 3 == 0 ? 1 : 0));
            created.add(create(shuffled.get(i)));
        }
        return created;
    }

    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void aListMustBeSortedAsAskedForAndTiesByTheId(SessionOrder order) {
        List<SessionInfo> expected =
                createSome().stream().sorted(ORDERS.get(order)).toList();

        assertThat(page(SessionQuery.all().order(order))).isEqualTo(new SessionPage(expected, null));
    }

    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void pagesOfAnySizeMustMakeUpTheWholeList(SessionOrder order) {
        List<SessionInfo> expected =
                createSome().stream().sorted(ORDERS.get(order)).toList();

        for (int limit = 1; limit <= IDS.size() + 1; limit++) {
            assertThat(all(SessionQuery.all().order(order).limit(limit)))
                    .as("pages of " + limit)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void sessionsOfTheSameMomentMustBePagedThroughToo(SessionOrder order) {
        List<SessionInfo> expected =
                IDS.stream().map(this::create).sorted(ORDERS.get(order)).toList();

        assertThat(all(SessionQuery.all().order(order).limit(2))).isEqualTo(expected);
    }

    @Test
    void theUsualOrderMustShowTheNewestFirst() {
        create("old");
        clock.pass(Duration.ofSeconds(1));
        create("new");

        assertThat(page(SessionQuery.all()).items()).extracting(SessionInfo::id).containsExactly("new", "old");
    }

    @Test
    void theLastPageMustHaveNoNext() {
        createSome();

        assertThat(page(SessionQuery.all().limit(IDS.size())).next()).isNull();
        assertThat(page(SessionQuery.all().limit(IDS.size() - 1)).next()).isNotNull();
    }

    @Test
    void aListOfNothingMustBeEmpty() {
        assertThat(page(SessionQuery.all())).isEqualTo(new SessionPage(List.of(), null));
    }

    @Test
    void aPageMustShowWhatFindShows() {
        create("s", "a", "b");
        save(put(SessionDelta.of("s"), "a", "x".repeat(3000)).increment("n", 2).remove("b", 1));
        clock.pass(Duration.ofMinutes(5));
        store().touch(ADA, "s", START.plus(Duration.ofDays(2)));

        assertThat(page(SessionQuery.all()).items()).containsExactly(info("s"));
    }

    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void sessionsCreatedWhilePagingMustNeitherRepeatNorHideOthers(SessionOrder order) {
        List<SessionInfo> expected =
                createSome().stream().sorted(ORDERS.get(order)).toList();
        int[] count = {0};

        List<SessionInfo> seen = all(SessionQuery.all().order(order).limit(2), page -> {
            String last = page.items().get(page.items().size() - 1).id();
            create("0before" + count[0]);
            create(last + "after" + count[0]);
            create("zz" + count[0]++);
        });

        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen).filteredOn(info -> IDS.contains(info.id())).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void sessionsDeletedWhilePagingMustNotHideOthers(SessionOrder order) {
        List<SessionInfo> expected =
                createSome().stream().sorted(ORDERS.get(order)).toList();

        List<SessionInfo> seen = all(SessionQuery.all().order(order).limit(3), page -> page.items()
                .forEach(info -> store().delete(ADA, info.id())));

        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void aCursorMustKeepItsPlaceWhateverChangesInTheSessions() {
        createSome();
        List<String> before =
                all(SessionQuery.all().limit(2)).stream().map(SessionInfo::id).toList();

        List<SessionInfo> seen = all(SessionQuery.all().limit(2), page -> {
            clock.pass(Duration.ofMinutes(2));
            page.items().forEach(info -> put(info.id(), "a", "x"));
        });

        assertThat(seen).extracting(SessionInfo::id).isEqualTo(before);
    }

    @Test
    void aCursorMustServeAgain() {
        createSome();
        String cursor = page(SessionQuery.all().limit(4)).next();

        SessionPage first = page(SessionQuery.all().cursor(cursor).limit(4));

        assertThat(page(SessionQuery.all().cursor(cursor).limit(4))).isEqualTo(first);
        assertThat(page(SessionQuery.all().cursor(cursor).limit(100)).items()).hasSize(IDS.size() - 4);
    }

    @Test
    void aCursorMustGoWithTheFiltersToo() {
        IntStream.range(0, 10).forEach(i -> {
            create("keep" + i);
            store().create(ADA, session("other" + i));
        });

        assertThat(all(SessionQuery.all().text("keep").limit(3)))
                .extracting(SessionInfo::id)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "keep" + i).toList());
    }

    @Test
    void theCursorOfAnotherOrderMustBeRefused() {
        createSome();
        for (SessionOrder given : SessionOrder.values()) {
            String cursor = page(SessionQuery.all().order(given).limit(2)).next();
            for (SessionOrder asked : SessionOrder.values()) {
                if (given != asked) {
                    assertThatThrownBy(
                                    () -> page(SessionQuery.all().order(asked).cursor(cursor)))
                            .as(given + " for " + asked)
                            .isInstanceOf(InvalidArgumentException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "garbage",
                "!",
                "CREATED_DESCENDING",
                "CREATED_DESCENDING 5",
                "CREATED_DESCENDING x a",
                "CREATED_DESCENDING -5 a",
                "CREATED_DESCENDING 99999999999999999999 a",
                "NEWEST 5 a",
                "' or 1=1 --"
            })
    void aCursorThatNoPageHasGivenMustBeRefused(String text) {
        createSome();
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThat(refusal(() -> page(SessionQuery.all().cursor(text))).context())
                .containsEntry("field", "cursor");
        assertThat(refusal(() -> page(SessionQuery.all().cursor(encoded))).context())
                .containsEntry("field", "cursor");
    }

    @Test
    void fiveHundredSessionsMustFitOnAPage() {
        IntStream.range(0, 501).forEach(i -> create("s" + i));

        SessionPage page = page(SessionQuery.all().limit(500));

        assertThat(page.items()).hasSize(500);
        assertThat(page(SessionQuery.all().cursor(page.next())).items()).hasSize(1);
    }
}
