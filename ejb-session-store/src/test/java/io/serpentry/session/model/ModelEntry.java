// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.EntryInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One version of an entry. */
record ModelEntry(String name, long version, Value value, Instant writtenAt, String writtenBy) {

    /** @param counter null if it is no counter; otherwise the content is its decimal digits */
    record Value(
            String mediaType, ByteBuffer content, @Nullable Long counter) {

        static Value of(String mediaType, byte[] content) {
            return new Value(mediaType, ByteBuffer.wrap(content), null);
        }

        static Value counter(long number) {
            byte[] digits = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
            return new Value("application/json", ByteBuffer.wrap(digits), number);
        }

        /** In whole KiB, and never nothing. */
        long charged() {
            long kibibytes = 1;
            while (kibibytes * 1024 < content.remaining()) {
                kibibytes++;
            }
            return kibibytes * 1024;
        }

        String sha256() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content.array()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    EntryInfo info() {
        return new EntryInfo(
                name,
                version,
                value.mediaType(),
                value.content().remaining(),
                value.sha256(),
                value.counter() != null,
                writtenAt,
                writtenBy,
                null);
    }
}
