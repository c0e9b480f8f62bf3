// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing sequence shorter: leaves out halves, then quarters, and so on to single operations, as long as what remains
 * still fails. A database plays few sequences in a second, and this needs fewer than the shrinking of each value by itself.
 */
final class Reduction {

    private Reduction() {}

    /** A part of the sequence that fails, and of which nothing more can be left out alone. */
    static List<Operation> of(List<Operation> failing, Predicate<List<Operation>> fails) {
        List<Operation> present = failing;
        int size = Math.max(1, present.size() / 2);
        while (size > 0) {
            List<Operation> shorter = withoutOnePart(present, size, fails);
            if (shorter.size() < present.size()) {
                present = shorter;
                size = Math.min(size, Math.max(1, present.size() / 2));
            } else {
                size /= 2;
            }
        }
        return present;
    }

    private static List<Operation> withoutOnePart(List<Operation> failing, int size, Predicate<List<Operation>> fails) {
        for (int from = failing.size() - size; from > -size; from -= size) {
            List<Operation> rest = new ArrayList<>(failing.subList(0, Math.max(0, from)));
            rest.addAll(failing.subList(from + size, failing.size()));
            if (fails.test(rest)) {
                return rest;
            }
        }
        return failing;
    }
}
