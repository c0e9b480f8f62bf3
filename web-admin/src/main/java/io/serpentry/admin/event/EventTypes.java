// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.problem.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which types of events are wanted: {@code worker.*,session.ended}. */
final class EventTypes {

    private static final Pattern ONE = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*(\\.\\*)?");
    private static final int MOST = 50;

    private final List<String> wanted;

    private EventTypes(List<String> wanted) {
        this.wanted = wanted;
    }

    /**
     * All of them if it is null.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it is not a list of types
     */
    static EventTypes of(@Nullable String types) {
        if (types == null) {
            return new EventTypes(List.of());
        }
        List<String> wanted = Arrays.asList(types.split(",", -1));
        if (wanted.size() > MOST
                || !wanted.stream().allMatch(type -> ONE.matcher(type).matches())) {
            throw Refusal.field(
                    "types",
                    "types must be up to " + MOST + " types with commas between them, as in worker.*,session.ended");
        }
        return new EventTypes(wanted);
    }

    boolean contain(String type) {
        return wanted.isEmpty() || wanted.stream().anyMatch(one -> matches(one, type));
    }

    private static boolean matches(String wanted, String type) {
        return wanted.endsWith(".*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : type.equals(wanted);
    }
}
