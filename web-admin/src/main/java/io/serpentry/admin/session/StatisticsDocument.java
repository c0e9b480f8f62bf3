// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.session.SessionStatistics;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the store holds. */
@JsonbPropertyOrder({"sessions", "entries", "bytes", "overdue", "quarantined", "undelivered", "oldest"})
public record StatisticsDocument(
        Map<String, Long> sessions,
        long entries,
        long bytes,
        long overdue,
        long quarantined,
        long undelivered,
        @Nullable Instant oldest)
        implements Answer {

    static StatisticsDocument of(SessionStatistics statistics) {
        Map<String, Long> sessions = new TreeMap<>();
        statistics.sessions().forEach((kind, count) -> sessions.put(Choice.text(kind), count));
        return new StatisticsDocument(
                sessions,
                statistics.entries(),
                statistics.bytes(),
                statistics.overdue(),
                statistics.quarantined(),
                statistics.undelivered(),
                statistics.oldest());
    }
}
