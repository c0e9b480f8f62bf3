// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.Placement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the container sees of requests for a connection. */
@Tag("core")
class PlacementRequestTest {

    @Test
    void requestsMustBeEqualWhateverTheyAskFor() {
        PlacementRequest preferring = new PlacementRequest(Placement.prefer("test-1"));

        assertThat(preferring).isEqualTo(PlacementRequest.ANY).hasSameHashCodeAs(PlacementRequest.ANY);
    }

    @Test
    void eachRequestMustKeepItsOwnPlacement() {
        Placement placement = Placement.prefer("test-1");

        assertThat(PlacementRequest.placement(new PlacementRequest(placement))).isSameAs(placement);
        assertThat(PlacementRequest.placement(PlacementRequest.ANY)).isEqualTo(Placement.anywhere());
    }

    @Test
    void aRequestWithoutInformationMustGoAnywhere() {
        assertThat(PlacementRequest.placement(null)).isEqualTo(Placement.anywhere());
    }
}
