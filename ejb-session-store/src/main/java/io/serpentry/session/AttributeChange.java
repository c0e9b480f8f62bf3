// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change to what belongs to the session itself. Null and empty leave a thing as it is.
 *
 * @param owner the new owner; only an operator may change it
 * @param metadata keys to set
 * @param metadataRemoved keys to remove; those that do not exist are ignored
 */
public record AttributeChange(
        @Nullable String owner,
        @Nullable Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        Set<String> metadataRemoved) {

    public static final AttributeChange NONE = new AttributeChange(null, null, null, Map.of(), Set.of());

    public AttributeChange {
        if (owner != null) {
            Limits.name("owner", owner);
        }
        if (idleTimeout != null) {
            Limits.duration("idleTimeout", idleTimeout);
        }
        if (lifetime != null) {
            Limits.duration("lifetime", lifetime);
        }
        metadata = Map.copyOf(metadata);
        Limits.metadata(metadata);
        metadataRemoved = Set.copyOf(metadataRemoved);
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /**
     * These keys after the change.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if they are more than 64
     */
    public Map<String, String> appliedTo(Map<String, String> before) {
        Map<String, String> after = new HashMap<>(before);
        after.keySet().removeAll(metadataRemoved);
        after.putAll(metadata);
        Limits.metadata(after);
        return Map.copyOf(after);
    }
}
