// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What identifies the content of an entry. */
public final class ContentDigest {

    private ContentDigest() {}

    /** The SHA-256 in 64 hexadecimal digits, as {@link EntryInfo#sha256} tells it. */
    public static String of(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
