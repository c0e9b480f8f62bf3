// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.Placement;
import jakarta.resource.spi.ConnectionRequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the container carries from a request to the managed connection that it has chosen. All are equal, so that the
 * container sees nothing that could tell two requests apart, for any connection serves any of them. It is never null,
 * because the container remembers the first one it sees and would use it for all that are.
 */
final class PlacementRequest implements ConnectionRequestInfo {

    static final PlacementRequest ANY = new PlacementRequest(Placement.anywhere());

    private final Placement placement;

    PlacementRequest(Placement placement) {
        this.placement = placement;
    }

    /** What this request asks for; anything will do for a request that is not ours. */
    static Placement placement(@Nullable ConnectionRequestInfo request) {
        return request instanceof PlacementRequest ours ? ours.placement : Placement.anywhere();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlacementRequest;
    }

    @Override
    public int hashCode() {
        return PlacementRequest.class.hashCode();
    }
}
