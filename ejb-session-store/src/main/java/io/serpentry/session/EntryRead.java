// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One entry, as it was found. */
public sealed interface EntryRead {

    EntryInfo info();

    /** The content, checked against its digest. */
    record Content(EntryInfo info, ByteBuffer bytes) implements EntryRead {

        public Content {
            bytes = bytes.asReadOnlyBuffer();
        }

        /** From the beginning; read-only, a view of its own for each call. */
        @Override
        public ByteBuffer bytes() {
            return bytes.duplicate();
        }

        /** A copy. */
        public byte[] toByteArray() {
            byte[] copy = new byte[bytes.remaining()];
            bytes().get(copy);
            return copy;
        }

        /** As UTF-8. */
        public String text() {
            return StandardCharsets.UTF_8.decode(bytes()).toString();
        }
    }

    /** The caller said that it has this content already. */
    record Known(EntryInfo info) implements EntryRead {}

    /** The stored bytes can not be read; they are kept, and the other entries can be used. */
    record Corrupt(EntryInfo info, EntryCorruptException failure) implements EntryRead {}
}
