// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

/** A setting that is in effect, and which source of the configuration said so; {@code default} if none did. */
public record Setting(String key, String value, String source) {}
