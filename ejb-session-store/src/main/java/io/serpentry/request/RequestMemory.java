// SPDX-License-Identifier: Apache-2.0
package io.serpentry.request;

import java.time.Duration;
import java.util.Optional;

/**
 * The requests that came with a key, in the database, so that each server knows them. Keys of different principals have nothing to do
 * with each other. Each method is a transaction of its own. Any thread may use it; {@link io.serpentry.session.StoreUnavailableException}
 * as always.
 */
public interface RequestMemory {

    /** How long a key counts. */
    Duration AGE = Duration.ofHours(24);

    /** How many keys a principal may have used in that time. */
    int MOST = 10_000;

    /** The length of a key in characters. */
    int KEY_LENGTH = 128;

    /**
     * Notes that a request begins.
     *
     * @return empty if it is the first with its key: then {@link #done} or {@link #forgetRequest} is to follow. Otherwise the first
     * @throws io.serpentry.session.QuotaExceededException if the principal has used too many keys
     */
    Optional<RememberedRequest> begin(String principal, String key);

    /** Notes how it has ended. */
    void done(String principal, String key, RememberedRequest.Done done);

    /** It has changed nothing: the key counts as not used. */
    void forgetRequest(String principal, String key);
}
