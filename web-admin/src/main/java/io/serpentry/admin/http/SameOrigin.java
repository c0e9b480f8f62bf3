// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a browser's request comes from a page of this server. */
final class SameOrigin {

    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    private SameOrigin() {}

    /**
     * Compares host and port, not the scheme: a proxy in front may have ended TLS.
     *
     * @param origin the header {@code Origin}; {@code null} as text, which sandboxed pages send, matches nothing
     * @param host the header {@code Host}
     */
    static boolean matches(String origin, @Nullable String host) {
        URI page = parsed(origin);
        if (page == null || host == null || page.getHost() == null || page.getScheme() == null) {
            return false;
        }
        Integer defaultPort = DEFAULT_PORTS.get(page.getScheme().toLowerCase(Locale.ROOT));
        URI server = parsed(page.getScheme() + "://" + host);
        return defaultPort != null
                && server != null
                && page.getHost().equalsIgnoreCase(server.getHost())
                && port(page, defaultPort) == port(server, defaultPort);
    }

    private static int port(URI uri, int defaultPort) {
        return uri.getPort() < 0 ? defaultPort : uri.getPort();
    }

    private static @Nullable URI parsed(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
