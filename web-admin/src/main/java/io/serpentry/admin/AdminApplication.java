// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The REST interface; its resources and providers are found by scanning this module. */
@ApplicationPath("/api/v1")
public class AdminApplication extends Application {}
