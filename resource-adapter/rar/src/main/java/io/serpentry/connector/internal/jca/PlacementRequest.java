// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import jakarta.resource.spi.ConnectionRequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the container is told of a request: nothing that could tell two requests apart, for any connection serves any of
 * them. It is never null, because the container remembers the first one it sees and would use it for all that are.
 */
final class PlacementRequest implements ConnectionRequestInfo {

    static final PlacementRequest ANY = new PlacementRequest();

    private PlacementRequest() {}

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlacementRequest;
    }

    @Override
    public int hashCode() {
        return PlacementRequest.class.hashCode();
    }
}
