// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;

/**
 * The note that something was to be done in Python after a commit ({@code keep_on_commit}). It is there from that commit until it has been
 * done; one that stays was not done, or has failed.
 *
 * @param id 1 to 64 characters
 * @param session in which the call was made
 * @param description for whoever reads it, up to 500 characters
 * @param by the caller
 * @param server the node on which it was to be done
 */
public record KeptHook(String id, String session, String description, Instant at, String by, String server) {}
