// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.FunctionInfo;
import jakarta.json.Json;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a pool knows of the functions of its workers. */
@Tag("core")
class CatalogueTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void aPoolMustKnowNoFunctionBeforeItsFirstWorker() throws IOException {
        assertThat(fixture.pool().catalogue()).isEmpty();
    }

    @Test
    void aFunctionMustBeKnownAsPythonDeclaredIt() throws IOException {
        WorkerPool pool = fixture.pool();
        pool.open();

        FunctionInfo hasty = pool.catalogue().get("probe.hasty");
        FunctionInfo add = pool.catalogue().get("probe.add");

        assertThat(hasty.timeout()).isEqualTo(Duration.ofMillis(400));
        assertThat(hasty.doc()).isEqualTo("Declares a timeout of its own, which it passes.");
        assertThat(hasty.idempotent()).isFalse();
        assertThat(add.timeout()).isNull();
        assertThat(add.returns()).isEqualTo("int");
        assertThat(add.parameters())
                .containsExactly(
                        new FunctionInfo.Parameter("left", "int", true),
                        new FunctionInfo.Parameter("right", "int", true));
    }

    @Test
    void theFurtherChannelsOfAWorkerMustNotEmptyTheCatalogue() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.threads = 2;
        WorkerPool pool = fixture.pool(settings);
        pool.open();
        pool.open();

        assertThat(pool.catalogue()).containsKey("probe.add");
    }

    @Test
    void theEntriesThatAFunctionUsesMustBeReadAndMayBeMissing() {
        String hello =
                "{\"functions\": [{\"name\": \"a.b\", \"uses\": [\"history\", 7, \"profile\"]}, {\"name\": \"a.c\"}]}";
        var message =
                new ControlMessage(Json.createReader(new StringReader(hello)).readObject());

        List<FunctionInfo> functions = message.functions().orElseThrow();

        assertThat(functions.get(0).uses()).containsExactly("history", "profile");
        assertThat(functions.get(1).uses()).isEmpty();
    }
}
