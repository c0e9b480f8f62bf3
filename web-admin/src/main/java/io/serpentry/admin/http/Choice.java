// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Constants as they are written in requests and answers: {@code HALF_OPEN} is {@code half-open}. */
public final class Choice {

    private Choice() {}

    /**
     * The constant that is written so.
     *
     * @param field the parameter that {@code name} stands in
     * @throws io.serpentry.connector.InvalidArgumentException if there is none; the context's {@code field} names the
     *     parameter, and the message what there is
     */
    public static <E extends Enum<E>> E of(String field, String name, String value, E[] constants) {
        return Arrays.stream(constants)
                .filter(constant -> text(constant).equals(value))
                .findFirst()
                .orElseThrow(() -> Refusal.field(
                        field,
                        name + " must be "
                                + Arrays.stream(constants).map(Choice::text).collect(Collectors.joining(" or "))));
    }

    public static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
