// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import java.util.List;
import java.util.Map;

/**
 * What a call has done to its session.
 *
 * @param reads the entries that it looked at, with the versions seen; empty unless they were asked for
 */
record CallOutcome(List<Change> changes, Map<String, Long> reads) {

    static final CallOutcome NOTHING = new CallOutcome(List.of(), Map.of());
}
