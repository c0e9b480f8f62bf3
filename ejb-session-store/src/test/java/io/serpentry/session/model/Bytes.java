// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import java.util.Arrays;
import java.util.Random;

/** Content of an entry, small to write down: an odd seed gives what can not be compressed. */
record Bytes(int size, int seed) {

    byte[] content() {
        byte[] content = new byte[size];
        if (seed % 2 == 0) {
            Arrays.fill(content, (byte) ('a' + seed));
        } else {
            new Random(seed).nextBytes(content);
        }
        return content;
    }

    @Override
    public String toString() {
        return size + " bytes #" + seed;
    }
}
