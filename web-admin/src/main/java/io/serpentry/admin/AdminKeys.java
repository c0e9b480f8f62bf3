// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import java.util.Map;

/** The configuration keys of the REST interface, and what holds where they are not set. */
public final class AdminKeys {

    public static final String CALL_ENABLED = "serpentry.call.enabled";
    public static final String CALL_ENABLED_DEFAULT = "false";

    /** Bytes. */
    public static final String IMPORT_MAX_BYTES = "serpentry.import.maxBytes";

    public static final String IMPORT_MAX_BYTES_DEFAULT = "1073741824";

    /** Names of what is shown to admins only, separated by commas; {@code *} stands for any characters. */
    public static final String MASK = "serpentry.admin.mask";

    public static final String MASK_DEFAULT = "*password*,*secret*,*token*,*api_key*,*apikey*,authorization";

    /** Requests a second of a user from an address; 0 for no limit. */
    public static final String RATE = "serpentry.admin.rateLimit.requestsPerSecond";

    public static final String RATE_DEFAULT = "500";

    /** How many may come at once. */
    public static final String BURST = "serpentry.admin.rateLimit.burst";

    public static final String BURST_DEFAULT = "5000";

    /** How many may listen to events of a server at a time. */
    public static final String STREAM_CLIENTS = "serpentry.stream.maxClients";

    public static final String STREAM_CLIENTS_DEFAULT = "100";

    /** The defaults by key. */
    public static final Map<String, String> DEFAULTS = Map.of(
            CALL_ENABLED, CALL_ENABLED_DEFAULT,
            IMPORT_MAX_BYTES, IMPORT_MAX_BYTES_DEFAULT,
            MASK, MASK_DEFAULT,
            RATE, RATE_DEFAULT,
            BURST, BURST_DEFAULT,
            STREAM_CLIENTS, STREAM_CLIENTS_DEFAULT);

    private AdminKeys() {}
}
