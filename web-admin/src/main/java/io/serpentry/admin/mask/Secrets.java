// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.mask;

import io.serpentry.admin.AdminKeys;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The mask that is configured. */
@ApplicationScoped
public class Secrets {

    @Inject
    @ConfigProperty(name = AdminKeys.MASK, defaultValue = AdminKeys.MASK_DEFAULT)
    String patterns;

    /** For what sessions contain. */
    public Mask mask() {
        return Mask.of(patterns);
    }

    /** For settings: their secrets are nobody's to see, whatever is configured for sessions. */
    public Mask ofSettings() {
        return Mask.of(AdminKeys.MASK_DEFAULT + "," + patterns);
    }
}
