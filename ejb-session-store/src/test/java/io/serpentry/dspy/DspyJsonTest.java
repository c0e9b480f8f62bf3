// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the functions {@code dspy.*} give, as Java sees it. */
class DspyJsonTest {

    private static JsonObject program(String progress) {
        String json = "{\"id\": \"qa\", \"scope\": \"global\", \"program_type\": \"predict\", \"signature\": null,"
                + " \"created_at\": \"2026-01-02T03:04:05.678Z\", \"expires_at\": null, \"execution_count\": 3,"
                + " \"last_executed\": null, \"progress\": " + progress + "}";
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    @Test
    void aProgramMustTellHowFarItsOptimizerIs() {
        ProgramInfo info = DspyJson.info(program("{\"done\": 2, \"total\": 5, \"accepted\": 1}"));

        assertThat(info.progress()).isEqualTo(new ProgramInfo.Progress(2, 5, 1));
        assertThat(info.createdAt()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678Z"));
    }

    @Test
    void aProgramMustHaveNoProgressWithoutAnOptimizer() {
        assertThat(DspyJson.info(program("null")).progress()).isNull();
    }
}
