// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What is echoed: bytes, or the same number of characters as a JSON string. */
public record Payload(String label, byte[] bytes, boolean isText) {

    private static final int KIB = 1024;

    static List<Payload> all() {
        return List.of(
                ofBytes("100 B", 100),
                ofBytes("10 KiB", 10 * KIB),
                ofBytes("1 MiB", KIB * KIB),
                ofBytes("16 MiB", 16 * KIB * KIB),
                ofText("100 B text", 100),
                ofText("10 KiB text", 10 * KIB));
    }

    private static Payload ofBytes(String label, int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return new Payload(label, bytes, false);
    }

    private static Payload ofText(String label, int size) {
        byte[] bytes = new byte[size];
        Random random = new Random(size);
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(26));
        }
        return new Payload(label, bytes, true);
    }

    int size() {
        return bytes.length;
    }

    /** The value that an application passes. */
    Object value() {
        return isText ? new String(bytes, StandardCharsets.US_ASCII) : bytes;
    }

    boolean isEchoedBy(Object answer) {
        if (answer instanceof ByteBuffer buffer) {
            return ByteBuffer.wrap(bytes).equals(buffer);
        }
        return answer instanceof byte[] echoed ? Arrays.equals(bytes, echoed) : answer.equals(value());
    }
}
