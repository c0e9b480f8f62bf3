// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.execution.ModelUsage.Model;
import io.serpentry.session.execution.ModelUsage.Used;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonReader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

/** What Python tells of language models, added up. */
class ModelUsageTest {

    private final ModelUsage usage = new ModelUsage();

    private void told(String rows) {
        try (JsonReader reader = Json.createReader(new StringReader(rows))) {
            usage.told("default", reader.readArray());
        }
    }

    private Used used(String name) {
        return usage.used(new Model("default", name));
    }

    @Test
    void callsMustAddUpByModel() {
        told("[[\"small\", 1, 10, 3, null], [\"large\", 1, 7, 2, 0.5]]");
        told("[[\"small\", 2, 20, 4, 0.25]]");

        assertThat(used("small")).isEqualTo(new Used(3, 30, 7, 0.25));
        assertThat(used("large")).isEqualTo(new Used(1, 7, 2, 0.5));
        assertThat(usage.models())
                .containsExactlyInAnyOrder(new Model("default", "small"), new Model("default", "large"));
    }

    @Test
    void poolsMustBeCountedApart() {
        told("[[\"small\", 1, 10, 3, null]]");

        assertThat(usage.used(new Model("other", "small"))).isEqualTo(new Used(0, 0, 0, 0));
    }

    @Test
    void manyOrLongNamesMustBeCountedTogether() {
        for (int i = 0; i < 300; i++) {
            told("[[\"model-" + i + "\", 1, 0, 0, null]]");
        }
        told("[[\"" + "x".repeat(201) + "\", 1, 0, 0, null]]");

        assertThat(usage.models()).hasSize(201);
        assertThat(used(ModelUsage.OTHERS).calls()).isEqualTo(101);
    }

    @Test
    void whatIsNoUsageMustNotBeCounted() {
        usage.told("default", null);
        usage.told("default", JsonArray.EMPTY_JSON_ARRAY);
        told("[5, [\"small\", 1], {}]");

        assertThat(usage.models()).isEmpty();
    }
}
