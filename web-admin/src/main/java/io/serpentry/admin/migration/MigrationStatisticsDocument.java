// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.placement.MigrationStatistics;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Numbers of all migrations that are kept. */
@JsonbPropertyOrder({"states", "sessionsMoved", "sessionsReturned", "longest"})
public record MigrationStatisticsDocument(
        Map<String, Integer> states, long sessionsMoved, long sessionsReturned, Duration longest) implements Answer {

    static MigrationStatisticsDocument of(MigrationStatistics statistics) {
        Map<String, Integer> states = new TreeMap<>();
        statistics.states().forEach((state, count) -> states.put(Choice.text(state), count));
        return new MigrationStatisticsDocument(
                states, statistics.sessionsMoved(), statistics.sessionsReturned(), statistics.longest());
    }
}
