// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.problem.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** The text of a request's body. */
final class RequestBody {

    /** Below the 10 MiB at which the server would cut the connection, so that the client still hears why. */
    static final int MAX_BYTES = 8 * 1024 * 1024;

    private RequestBody() {}

    /**
     * Reads a body to its end.
     *
     * @param announced the header {@code Content-Length}, negative if there is none
     * @throws io.serpentry.connector.MessageTooLargeException if it is over {@code limit} bytes; no more than that is read
     * @throws io.serpentry.connector.InvalidArgumentException if it is empty, is not UTF-8, or ends too early
     */
    static String read(InputStream in, long announced, int limit) {
        if (announced > limit) {
            throw Refusal.tooLarge(limit);
        }
        byte[] bytes = bytes(in, limit);
        if (bytes.length > limit) {
            throw Refusal.tooLarge(limit);
        }
        if (bytes.length == 0) {
            throw Refusal.badRequest("the body is empty; it must be a JSON object with at least 'function'");
        }
        return text(bytes);
    }

    private static byte[] bytes(InputStream in, int limit) {
        try {
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw Refusal.badRequest("the body could not be read to its end: " + e.getMessage());
        }
    }

    private static String text(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("the body is not UTF-8");
        }
    }
}
