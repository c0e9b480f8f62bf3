// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened, as it is in the log.
 *
 * @param id its number: whoever has seen one has been able to see all below it; no number is left out
 * @param at when it was published, in whole milliseconds by that server's clock, so not always in the order of the ids
 * @param node the name of that server's node
 * @param data whole numbers are {@link Long} where they fit, other numbers {@link java.math.BigDecimal}
 */
public record ServerEvent(long id, Instant at, String node, String type, Map<String, @Nullable Object> data) {}
