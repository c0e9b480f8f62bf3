// SPDX-License-Identifier: Apache-2.0
package io.serpentry.health;

import java.util.List;

/**
 * Looks at this server, in the words of MicroProfile Health. Nothing is asked of the database or of Python, so each look ends at once,
 * whatever is down. Any thread may call it.
 */
public interface ServerHealth {

    /** The server answers. */
    List<HealthResult> live();

    /** The tables of sessions are as this release needs them. */
    List<HealthResult> started();

    /** The server may be given work. */
    List<HealthResult> ready();
}
