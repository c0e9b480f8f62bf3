// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The description of the REST interface, and its page; what is in it is tested where it is made, the page in a browser. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestOpenApiIT {

    @Test
    void theDescriptionMustBeServedInBothForms(RunningServer server) {
        RestUser viewer = RestUser.added(server, "api-viewer", "viewer");
        JsonObject json = viewer.get("/api/v1/openapi.json").json();
        RestAnswer yaml = viewer.get("/api/v1/openapi.yaml");

        assertThat(json.getString("openapi")).startsWith("3.1");
        assertThat(json.getJsonObject("paths")).containsKey("/api/v1/sessions/{id}/entries/{name}");
        assertThat(yaml.status()).isEqualTo(200);
        assertThat(yaml.header("Content-Type")).startsWith("application/yaml");
        assertThat(yaml.body()).contains("openapi: 3.1.0").contains("/api/v1/sessions/{id}/entries/{name}:");
    }

    @Test
    void thePageMustBeServedWithoutAnotherServer(RunningServer server) {
        RestUser viewer = RestUser.added(server, "api-viewer", "viewer");
        RestAnswer page = viewer.get("/api-docs/");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains("swagger-ui-bundle.js").doesNotContain("http");
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'self'")
                .contains("img-src 'self' data:");
        for (String file : new String[] {"swagger-ui-bundle.js", "swagger-ui.css", "start.js"}) {
            assertThat(viewer.get("/api-docs/" + file).status()).as(file).isEqualTo(200);
        }
    }
}
