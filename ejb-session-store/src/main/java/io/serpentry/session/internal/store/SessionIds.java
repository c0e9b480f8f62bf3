// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes ids that can not be guessed. */
public final class SessionIds {

    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SessionIds() {}

    /** The prefix, which must begin with a letter or digit, and 128 random bits in 22 characters. */
    public static String generated(String prefix) {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return prefix
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).replace('_', '~');
    }
}
