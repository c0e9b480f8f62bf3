// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.config;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.Roles;
import io.serpentry.admin.config.ConfigDocument.Setting;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.mask.Mask;
import io.serpentry.admin.mask.Secrets;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.session.StoreMonitor;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/** {@code /config}: every setting that is in effect, with what said so. Secrets are masked for everybody. */
@Path("/config")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class ConfigResource {

    private static final String PREFIX = "serpentry.";
    private static final String DEFAULT = "default";

    @Inject
    Config config;

    @Inject
    PythonPools pools;

    @Inject
    StoreMonitor store;

    @Inject
    Secrets secrets;

    @GET
    public ConfigDocument get(@Context UriInfo uri) {
        Query.of(uri.getQueryParameters());
        Mask mask = secrets.ofSettings();
        return new ConfigDocument(List.copyOf(settings(mask).values()), poolSettings(mask));
    }

    private SortedMap<String, Setting> settings(Mask mask) {
        SortedMap<String, Setting> settings = new TreeMap<>();
        // What was said in the environment is listed there under the names of variables.
        for (String name : config.getPropertyNames()) {
            if (canonical(name).startsWith(canonical(PREFIX))) {
                put(settings, name, "", mask);
            }
        }
        AdminKeys.DEFAULTS.forEach((key, standard) -> put(settings, key, standard, mask));
        store.configuration().forEach((key, standard) -> put(settings, key, standard, mask));
        return settings;
    }

    private void put(SortedMap<String, Setting> settings, String key, String standard, Mask mask) {
        ConfigValue value = config.getConfigValue(key);
        String text = value.getValue();
        Setting setting = text == null
                ? new Setting(key, mask.setting(key, standard), DEFAULT)
                : new Setting(key, mask.setting(key, text), String.valueOf(value.getSourceName()));
        settings.put(key, setting);
    }

    private static String canonical(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private SortedMap<String, Map<String, String>> poolSettings(Mask mask) {
        SortedMap<String, Map<String, String>> all = new TreeMap<>();
        for (PythonPool pool : pools.list()) {
            Map<String, String> settings = new TreeMap<>();
            pool.settings().forEach((name, value) -> settings.put(name, mask.setting(name, value)));
            all.put(pool.name(), settings);
        }
        return all;
    }
}
