// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes ids that can not be guessed. */
public final class SessionIds {

    private static final int BYTES = 16;
    private static final int BATCH = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Random bytes for the ids to come: to ask for many at once costs about as much as to ask for those of one. */
    private static final ThreadLocal<ByteBuffer> READY =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(BATCH * BYTES).flip());

    private SessionIds() {}

    /** The prefix, which must begin with a letter or digit, and 128 random bits in 22 characters. */
    public static String generated(String prefix) {
        byte[] bytes = new byte[BYTES];
        ByteBuffer ready = READY.get();
        if (!ready.hasRemaining()) {
            byte[] fresh = new byte[BATCH * BYTES];
            RANDOM.nextBytes(fresh);
            ready.clear().put(fresh).flip();
        }
        ready.get(bytes);
        return prefix
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).replace('_', '~');
    }
}
