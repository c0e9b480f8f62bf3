// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallContext;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call as the application put it together. {@code timeout} is null where it named none, {@code context} where it has none. */
record CallRequest(
        String function,
        Map<String, @Nullable Object> arguments,
        @Nullable Duration timeout,
        @Nullable CallContext context,
        Type resultType) {}
