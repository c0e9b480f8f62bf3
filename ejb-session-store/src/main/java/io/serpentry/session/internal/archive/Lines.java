// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;

/**
 * The lines of a file, one at a time. A line over the limit is not kept, and not read to its end before the next one is asked for; it
 * counts for the digest and the numbering.
 */
final class Lines {

    private static final int CHUNK = 1 << 14;
    /**
     * What a line has at most besides the content of an entry: 64 keys and values of metadata, 255 and 1,024 characters long,
     * of three bytes each.
     */
    private static final int BESIDES = 256 << 10;

    private final InputStream in;
    private final OutputStream copy;
    private final int limit;
    private final MessageDigest before = Digests.sha256();
    private final byte[] chunk = new byte[CHUNK];
    private int at;
    private int end;
    private byte[] line = new byte[CHUNK];
    private int length;
    private boolean tooLong;
    private boolean ended;
    private long number;

    /** @param copy is given all that is read */
    Lines(InputStream in, OutputStream copy, int maxEntrySize) {
        this.in = in;
        this.copy = copy;
        this.limit = (int) Math.min(base64(maxEntrySize) + BESIDES, Integer.MAX_VALUE - 64);
    }

    private static long base64(long size) {
        return (size + 2) / 3 * 4;
    }

    /** Goes to the next line; false if there is none. */
    boolean next() throws IOException {
        while (tooLong && !ended && fill()) {
            take();
        }
        before.update(line, 0, length);
        length = 0;
        tooLong = false;
        ended = false;
        boolean any = false;
        while (!ended && !tooLong && fill()) {
            any = true;
            take();
        }
        number += any ? 1 : 0;
        return any;
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(chunk));
            copy.write(chunk, 0, end);
        }
        return at < end;
    }

    /** What the chunk has of the line. */
    private void take() {
        int stop = at;
        while (stop < end && !ended) {
            ended = chunk[stop++] == '\n';
        }
        keep(stop - at);
        at = stop;
    }

    private void keep(int more) {
        if (tooLong || length + (long) more > limit) {
            before.update(line, 0, length);
            before.update(chunk, at, more);
            length = 0;
            tooLong = true;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, (int) Math.min(limit, Math.max(2L * line.length, length + more)));
        }
        System.arraycopy(chunk, at, line, length, more);
        length += more;
    }

    /** Of the present line, from 1. */
    long number() {
        return number;
    }

    /** Throws INVALID_ARGUMENT or MESSAGE_TOO_LARGE if the present line is none. */
    ArchiveLine parsed() {
        if (tooLong) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "This line is longer than " + limit
                                    + " bytes, so it holds no entry within the limit (serpentry.session.maxEntrySize)")
                    .context(Map.of("field", "line", "limit", Integer.toString(limit))));
        }
        if (!ended) {
            throw Members.refused("the file ends within it");
        }
        return ArchiveLine.parsed(text());
    }

    /** A decoder that is asked for by name refuses what is not UTF-8; one that is not would replace it. */
    private Reader text() {
        return new InputStreamReader(new ByteArrayInputStream(line, 0, length), StandardCharsets.UTF_8.newDecoder());
    }

    void addTo(MessageDigest digest) {
        digest.update(line, 0, length);
    }

    /** Of all lines before the present one; to be asked once. */
    String digestBefore() {
        return Digests.finish(before);
    }
}
