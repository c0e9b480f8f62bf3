// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.health;

import io.serpentry.admin.http.Answer;
import io.serpentry.health.HealthResult;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;

/** Checks as the REST interface shows them, in the shape of MicroProfile Health. */
@JsonbPropertyOrder({"status", "checks"})
public record HealthReport(String status, List<Line> checks) implements Answer {

    /** One check. */
    @JsonbPropertyOrder({"name", "status", "data"})
    public record Line(String name, String status, Map<String, Object> data) {}

    static HealthReport of(List<HealthResult> results) {
        boolean up = results.stream().allMatch(HealthResult::up);
        return new HealthReport(
                word(up),
                results.stream()
                        .map(result -> new Line(result.name(), word(result.up()), result.data()))
                        .toList());
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
