// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.openapi;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A form of the description that is in the module. */
final class OpenApiFile {

    private OpenApiFile() {}

    static Response answer(String name) {
        try (InputStream file = OpenApiFile.class.getResourceAsStream("/openapi/" + name)) {
            if (file == null) {
                throw new IllegalStateException("/openapi/" + name + " is not in the module; the build makes it");
            }
            return Response.ok(file.readAllBytes()).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
