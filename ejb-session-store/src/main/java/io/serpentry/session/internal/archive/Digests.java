// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what comes in parts. */
final class Digests {

    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Of all that it was given; it begins anew with that. */
    static String finish(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
