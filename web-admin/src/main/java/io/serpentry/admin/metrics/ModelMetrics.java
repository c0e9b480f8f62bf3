// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.ModelUsage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/** The metrics of language models: what calls in sessions have used of each. Safe for use by any number of threads. */
@ApplicationScoped
public class ModelMetrics {

    private static final Metadata CALLS =
            metadata("serpentry_model_calls_total", "Requests to the language model, as Python told them");
    private static final Metadata TOKENS =
            metadata("serpentry_model_tokens_total", "Tokens of the language model: of prompts, and of completions");
    private static final Metadata COST =
            metadata("serpentry_model_cost_dollars_total", "What the language model cost, where Python knew");

    @Inject
    MetricRegistry registry;

    private final ModelUsage usage = ApplicationSessions.modelUsage();
    private final Set<ModelUsage.Model> registered = ConcurrentHashMap.newKeySet();

    /** Registers the metrics of models that are seen for the first time. */
    public void look() {
        usage.models().stream().filter(registered::add).forEach(this::register);
    }

    private void register(ModelUsage.Model model) {
        Tag pool = new Tag("pool", model.pool());
        Tag name = new Tag("model", model.name());
        counter(CALLS, seen -> seen.used(model).calls(), pool, name);
        counter(TOKENS, seen -> seen.used(model).promptTokens(), pool, name, new Tag("kind", "prompt"));
        counter(TOKENS, seen -> seen.used(model).completionTokens(), pool, name, new Tag("kind", "completion"));
        counter(COST, seen -> seen.used(model).cost(), pool, name);
    }

    private void counter(Metadata metadata, ToDoubleFunction<ModelUsage> count, Tag... tags) {
        Registering.counter(registry, metadata, usage, count, tags);
    }

    private static Metadata metadata(String name, String description) {
        return Registering.metadata(name, MetricUnits.NONE, description);
    }
}
