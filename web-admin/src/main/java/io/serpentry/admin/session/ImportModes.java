// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Choice;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.Reason;
import io.serpentry.session.ImportMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of an import: {@code mode, existing}; {@code reason} is read elsewhere. */
final class ImportModes {

    private ImportModes() {}

    /**
     * Reads the query of a request.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if a parameter is unknown, stands twice, or has a value that
     *     can not be; the context's {@code field} names it
     */
    static ImportMode of(Map<String, List<String>> parameters) {
        Query query = Query.of(parameters, "mode", "existing", Reason.NAME);
        ImportMode usual = ImportMode.wholeFile();
        return new ImportMode(
                choice("mode", query.single("mode"), usual.check()),
                choice("existing", query.single("existing"), usual.existing()));
    }

    private static <E extends Enum<E>> E choice(String name, @Nullable String value, E usual) {
        return value == null
                ? usual
                : Choice.of(name, name, value, usual.getDeclaringClass().getEnumConstants());
    }
}
