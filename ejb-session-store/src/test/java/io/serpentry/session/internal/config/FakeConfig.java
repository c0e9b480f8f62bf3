// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;

/** A configuration with one source, named "the test". */
public final class FakeConfig implements Config {

    private final Map<String, String> values;

    public FakeConfig(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    private record Value(String getName, String getValue) implements ConfigValue {
        @Override
        public String getRawValue() {
            return getValue;
        }

        @Override
        public String getSourceName() {
            return getValue == null ? null : "the test";
        }

        @Override
        public int getSourceOrdinal() {
            return 100;
        }
    }

    @Override
    public ConfigValue getConfigValue(String name) {
        return new Value(name, values.get(name));
    }

    @Override
    public Iterable<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public <T> T getValue(String name, Class<T> type) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public <T> Optional<T> getOptionalValue(String name, Class<T> type) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public Iterable<ConfigSource> getConfigSources() {
        return List.of();
    }

    @Override
    public <T> Optional<Converter<T>> getConverter(Class<T> type) {
        return Optional.empty();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException(type.getName());
    }
}
