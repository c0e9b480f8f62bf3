// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.session.EntryCorruptException.Reason;
import io.serpentry.session.internal.store.StoredContent.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredContentTest {

    private static final byte[] TEXT = "all work and no play ".repeat(100).getBytes(StandardCharsets.US_ASCII);

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private static StoredContent with(
            StoredContent stored, int format, int codec, int size, int storedSize, int crc, byte[] bytes) {
        return new StoredContent(format, codec, size, storedSize, crc, stored.sha256(), bytes);
    }

    private static Reason reasonOf(StoredContent stored) {
        return catchThrowableOfType(Unreadable.class, stored::content).reason();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void whatIsStoredMustComeBack(Codec codec) throws Unreadable {
        assertThat(StoredContent.of(TEXT, codec).content()).isEqualTo(TEXT);
        assertThat(StoredContent.of(noise(5000), codec).content()).isEqualTo(noise(5000));
        assertThat(StoredContent.of(new byte[0], codec).content()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"DEFLATE", "ZSTD"})
    void contentMustBeCompressedOnlyIfThatMakesItSmaller(Codec codec) {
        assertThat(StoredContent.of(TEXT, codec).codec()).isEqualTo(codec.number());
        assertThat(StoredContent.of(TEXT, codec).storedSize()).isLessThan(TEXT.length);
        assertThat(StoredContent.of(noise(5000), codec).codec()).isEqualTo(Codec.NONE.number());
        assertThat(StoredContent.of(noise(5000), codec).storedSize()).isEqualTo(5000);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void eachFlippedBitMustBeFound(Codec codec) {
        StoredContent stored = StoredContent.of(TEXT, codec);
        for (int bit = 0; bit < stored.bytes().length * 8; bit++) {
            byte[] bytes = stored.bytes().clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);

            StoredContent damaged =
                    with(stored, 1, stored.codec(), stored.size(), stored.storedSize(), stored.crc(), bytes);

            assertThat(reasonOf(damaged)).isEqualTo(Reason.CHECKSUM);
        }
    }

    @Test
    void eachKindOfDamageMustHaveItsReason() {
        StoredContent stored = StoredContent.of(TEXT, Codec.ZSTD);
        byte[] shorter = Arrays.copyOf(stored.bytes(), stored.storedSize() - 1);
        byte[] nonsense = noise(50);

        assertThat(reasonOf(with(
                        stored, 2, stored.codec(), stored.size(), stored.storedSize(), stored.crc(), stored.bytes())))
                .isEqualTo(Reason.FORMAT);
        assertThat(reasonOf(with(stored, 1, 9, stored.size(), stored.storedSize(), stored.crc(), stored.bytes())))
                .isEqualTo(Reason.CODEC);
        assertThat(reasonOf(with(stored, 1, stored.codec(), stored.size(), stored.storedSize(), stored.crc(), shorter)))
                .isEqualTo(Reason.LENGTH);
        for (Codec codec : new Codec[] {Codec.DEFLATE, Codec.ZSTD}) {
            StoredContent wrong =
                    with(stored, 1, codec.number(), stored.size(), 50, StoredContent.crc(nonsense), nonsense);
            assertThat(reasonOf(wrong)).isEqualTo(Reason.CODEC);
        }
        byte[] other = noise(TEXT.length);
        assertThat(reasonOf(with(stored, 1, 0, other.length, other.length, StoredContent.crc(other), other)))
                .isEqualTo(Reason.DIGEST);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aDamagedSizeMustNotAskForMemory(Codec codec) {
        StoredContent stored = StoredContent.of(TEXT, codec);
        for (int size : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, TEXT.length + 1, TEXT.length - 1}) {
            StoredContent damaged =
                    with(stored, 1, stored.codec(), size, stored.storedSize(), stored.crc(), stored.bytes());

            assertThat(reasonOf(damaged)).isIn(Reason.CODEC, Reason.DIGEST);
        }
    }

    @Test
    void compressedDataMustNotBecomeMoreThanItsSizeSays() {
        byte[] zeros = new byte[10_000_000];
        for (Codec codec : new Codec[] {Codec.DEFLATE, Codec.ZSTD}) {
            StoredContent bomb = StoredContent.of(zeros, codec);

            StoredContent lying = with(bomb, 1, bomb.codec(), 10, bomb.storedSize(), bomb.crc(), bomb.bytes());

            assertThat(reasonOf(lying)).isIn(Reason.CODEC, Reason.DIGEST);
        }
    }
}
