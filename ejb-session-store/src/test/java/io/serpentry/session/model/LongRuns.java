// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Ten times as many tries if {@code SERPENTRY_LONG} is set. */
final class LongRuns implements AroundPropertyHook {

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        if (System.getenv("SERPENTRY_LONG") != null) {
            int usual = context.attributes().tries().orElseThrow();
            context.attributes().setTries(usual * 10);
        }
        return property.execute();
    }
}
