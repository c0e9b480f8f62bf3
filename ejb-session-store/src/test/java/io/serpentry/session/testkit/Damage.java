// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryCorruptException.Reason;
import io.serpentry.session.internal.store.StoredContent;
import java.util.Arrays;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What may happen to a stored entry, and what a reader may be told then. */
enum Damage {
    FLIPPED_BIT(stored -> bytes(stored, flipped(stored.bytes())), Reason.CHECKSUM),
    TRUNCATED(stored -> bytes(stored, Arrays.copyOf(stored.bytes(), stored.bytes().length - 1)), Reason.LENGTH),
    EMPTIED(stored -> bytes(stored, new byte[0]), Reason.LENGTH),
    EXTENDED(stored -> bytes(stored, Arrays.copyOf(stored.bytes(), stored.bytes().length + 1)), Reason.LENGTH),
    WRONG_CHECKSUM(
            stored -> new StoredContent(
                    stored.format(),
                    stored.codec(),
                    stored.size(),
                    stored.storedSize(),
                    stored.crc() + 1,
                    stored.sha256(),
                    stored.bytes()),
            Reason.CHECKSUM),
    UNKNOWN_CODEC(stored -> codec(stored, 99), Reason.CODEC),
    ANOTHER_CODEC(stored -> codec(stored, 1), Reason.CODEC),
    UNKNOWN_FORMAT(
            stored -> new StoredContent(
                    2,
                    stored.codec(),
                    stored.size(),
                    stored.storedSize(),
                    stored.crc(),
                    stored.sha256(),
                    stored.bytes()),
            Reason.FORMAT),
    WRONG_DIGEST(
            stored -> new StoredContent(
                    stored.format(),
                    stored.codec(),
                    stored.size(),
                    stored.storedSize(),
                    stored.crc(),
                    ContentDigest.of(new byte[] {1}),
                    stored.bytes()),
            Reason.DIGEST),
    SMALLER_SIZE(stored -> size(stored, stored.size() - 1), Reason.DIGEST, Reason.CODEC),
    GREATER_SIZE(stored -> size(stored, stored.size() + 1), Reason.DIGEST, Reason.CODEC),
    NEGATIVE_SIZE(stored -> size(stored, -1), Reason.DIGEST, Reason.CODEC, Reason.LENGTH),
    ENORMOUS_SIZE(stored -> size(stored, Integer.MAX_VALUE), Reason.DIGEST, Reason.CODEC, Reason.LENGTH);

    private final UnaryOperator<StoredContent> change;
    private final Set<Reason> reasons;

    Damage(UnaryOperator<StoredContent> change, Reason... reasons) {
        this.change = change;
        this.reasons = Set.of(reasons);
    }

    StoredContent done(StoredContent stored) {
        return change.apply(stored);
    }

    Set<Reason> reasons() {
        return reasons;
    }

    private static StoredContent bytes(StoredContent stored, byte[] bytes) {
        return new StoredContent(
                stored.format(),
                stored.codec(),
                stored.size(),
                stored.storedSize(),
                stored.crc(),
                stored.sha256(),
                bytes);
    }

    private static StoredContent codec(StoredContent stored, int codec) {
        return new StoredContent(
                stored.format(),
                codec,
                stored.size(),
                stored.storedSize(),
                stored.crc(),
                stored.sha256(),
                stored.bytes());
    }

    private static StoredContent size(StoredContent stored, int size) {
        return new StoredContent(
                stored.format(),
                stored.codec(),
                size,
                stored.storedSize(),
                stored.crc(),
                stored.sha256(),
                stored.bytes());
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        return flipped;
    }
}
