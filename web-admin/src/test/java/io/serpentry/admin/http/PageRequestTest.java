// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRequestTest {

    private static final List<String> IDS =
            List.of("default-10", "models-1", "default-2", "default-1", "default-9", "a", "default-02");

    @Test
    void withoutParametersTheFirstPageMustHoldAHundred() {
        List<String> many = IntStream.range(0, 101).mapToObj(i -> "w-" + i).toList();

        Page<String> page = PageRequest.of(Map.of()).cut(many, Function.identity());

        assertThat(page.items()).hasSize(100).startsWith("w-0", "w-1").endsWith("w-99");
        assertThat(page.next()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7, 500})
    void thePagesMustHoldEachItemOnceInTheOrderAPersonExpects(int limit) {
        assertThat(walk(IDS, limit))
                .containsExactly("a", "default-1", "default-02", "default-2", "default-9", "default-10", "models-1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5})
    void descendingPagesMustHoldEachItemOnceTheGreatestNumberFirst(int limit) {
        List<String> revisions = List.of("9", "10", "100", "2", "1");
        List<String> seen = new ArrayList<>();

        Page<String> page = first(limit).cutDescending(revisions, Function.identity());
        seen.addAll(page.items());
        while (page.next() != null && seen.size() < 10) {
            page = next(page, limit).cutDescending(revisions, Function.identity());
            seen.addAll(page.items());
        }

        assertThat(seen).containsExactly("100", "10", "9", "2", "1");
    }

    @Test
    void nextMustBeNullAtTheEnd() {
        assertThat(first(7).cut(IDS, Function.identity()).next()).isNull();
        assertThat(first(1).cut(List.<String>of(), Function.identity())).isEqualTo(new Page<>(List.of(), null));
    }

    @Test
    void anItemThatGoesBetweenTwoPagesMustNotHideOthers() {
        Page<String> page = first(2).cut(List.of("w-1", "w-2", "w-3", "w-4"), Function.identity());

        assertThat(next(page, 2)
                        .cut(List.of("w-1", "w-3", "w-4"), Function.identity())
                        .items())
                .containsExactly("w-3", "w-4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "501", "-1", "+5", "x", "", "1.5", "99999999999999999999", "٣"})
    void aBadLimitMustBeRefused(String limit) {
        refused("limit", Map.of("limit", List.of(limit)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "!!", "YWZ0ZXI6", "Zm9v", "YWZ0ZXI6_w", "default-1"})
    void aCursorThatNoListHasGivenMustBeRefused(String cursor) {
        refused("cursor", Map.of("cursor", List.of(cursor)));
    }

    @Test
    void aParameterThatIsUnknownOrStandsTwiceMustBeRefused() {
        refused("filter", Map.of("filter", List.of("state=live")));
        refused("limit", Map.of("limit", List.of("1", "2")));
    }

    private static void refused(String field, Map<String, List<String>> query) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> PageRequest.of(query))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", field));
    }

    private static List<String> walk(List<String> all, int limit) {
        Page<String> page = first(limit).cut(all, Function.identity());
        List<String> seen = new ArrayList<>(page.items());
        while (page.next() != null) {
            page = next(page, limit).cut(all, Function.identity());
            seen.addAll(page.items());
            assertThat(seen).hasSizeLessThanOrEqualTo(all.size());
        }
        return seen;
    }

    private static PageRequest first(int limit) {
        return PageRequest.of(Map.of("limit", List.of(Integer.toString(limit))));
    }

    private static PageRequest next(Page<?> page, int limit) {
        return PageRequest.of(Map.of("limit", List.of(Integer.toString(limit)), "cursor", List.of(page.next())));
    }
}
