// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewEventTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "Session.ended", "session.", ".ended", "session ended", "session..ended", "1.a", "a\n"})
    void aTypeThatIsNotLikeTheOthersMustBeRefused(String type) {
        assertThatThrownBy(() -> new NewEvent(type, Map.of())).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void whatIsChangedAfterwardsMustNotChangeTheEvent() {
        List<Object> list = new ArrayList<>(List.of(1));
        Map<String, Object> data = new HashMap<>(Map.of("list", list));
        NewEvent event = new NewEvent("a.b", data);

        list.add(2);
        data.put("more", true);

        assertThat(event.data()).isEqualTo(Map.of("list", List.of(1)));
    }

    static Stream<Object> foreign() {
        return Stream.of(Instant.EPOCH, Double.NaN, new StringBuilder(), Map.of(1, "a"), nested(9), "a".repeat(8001));
    }

    private static Object nested(int depth) {
        return IntStream.range(0, depth).boxed().reduce((Object) "end", (inner, i) -> List.of(inner), (a, b) -> a);
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void whatJsonCanNotHoldOrIsTooMuchMustBeRefused(Object value) {
        assertThatThrownBy(() -> new NewEvent("a.b", Map.of("value", value)))
                .isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void halvesOfCharactersMustBeReplacedSinceNoDatabaseKeepsThem() {
        Map<String, Object> data = new NewEvent("a.b", Map.of("k\ud800", List.of("x\udc00y", "\ud83d\ude00"))).data();

        assertThat(data).isEqualTo(Map.of("k\ufffd", List.of("x\ufffdy", "\ud83d\ude00")));
    }

    @Test
    void sevenListsInEachOtherMustBeTaken() {
        assertThat(new NewEvent("a.b", Map.of("value", nested(7))).data()).containsKey("value");
    }
}
