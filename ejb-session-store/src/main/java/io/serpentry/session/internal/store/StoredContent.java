// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryCorruptException.Reason;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;

/**
 * Content as it is stored.
 *
 * @param format of this record; 1 is the only one so far
 * @param codec {@link Codec#number}
 * @param size of the content
 * @param storedSize of {@code bytes}
 * @param crc CRC-32C of {@code bytes}: storage damage is found without decoding
 * @param sha256 of the content, in hexadecimal
 */
public record StoredContent(int format, int codec, int size, int storedSize, int crc, String sha256, byte[] bytes) {

    static final int FORMAT = 1;
    private static final int WORTH_COMPRESSING = 256;

    /** Content could not be had from stored bytes. */
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;
        private final Reason reason;

        Unreadable(Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    /** Compressed by that codec if that makes it smaller. */
    public static StoredContent of(byte[] content, Codec wanted) {
        byte[] bytes = content;
        Codec codec = Codec.NONE;
        if (wanted != Codec.NONE && content.length >= WORTH_COMPRESSING) {
            byte[] compressed = wanted.compress(content);
            if (compressed.length < content.length) {
                bytes = compressed;
                codec = wanted;
            }
        }
        return new StoredContent(
                FORMAT, codec.number(), content.length, bytes.length, crc(bytes), ContentDigest.of(content), bytes);
    }

    /** The content, if it is what was stored. */
    public byte[] content() throws Unreadable {
        if (format != FORMAT) {
            throw new Unreadable(Reason.FORMAT, "format " + format);
        }
        if (bytes.length != storedSize) {
            throw new Unreadable(Reason.LENGTH, bytes.length + " bytes instead of " + storedSize);
        }
        if (crc(bytes) != crc) {
            throw new Unreadable(Reason.CHECKSUM, "CRC-32C of " + storedSize + " bytes");
        }
        byte[] content = expanded();
        if (content.length != size || !ContentDigest.of(content).equals(sha256)) {
            throw new Unreadable(Reason.DIGEST, "SHA-256 of " + content.length + " bytes");
        }
        return content;
    }

    private byte[] expanded() throws Unreadable {
        Codec known = Codec.ofNumber(codec);
        if (known == null) {
            throw new Unreadable(Reason.CODEC, "codec " + codec);
        }
        try {
            return known.expand(bytes, size);
        } catch (DataFormatException e) {
            Unreadable failure = new Unreadable(Reason.CODEC, known + ": " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
