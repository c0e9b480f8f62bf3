// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import java.io.IOException;
import java.io.InputStream;

/** A body that is read while it comes. What is wrong with it is thrown as what the client is told, not as an IOException. */
final class BoundedBody extends InputStream {

    private final InputStream in;
    private final RequestBody.Limit limit;
    private long read;

    BoundedBody(InputStream in, RequestBody.Limit limit) {
        this.in = in;
        this.limit = limit;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Bytes as they come.
     *
     * @throws io.serpentry.connector.MessageTooLargeException if there are more than the limit
     * @throws io.serpentry.connector.InvalidArgumentException if the client does not send them all
     */
    @Override
    public int read(byte[] bytes, int offset, int length) {
        int more = received(bytes, offset, length);
        read += Math.max(0, more);
        if (read > limit.bytes()) {
            throw limit.exceeded();
        }
        return more;
    }

    private int received(byte[] bytes, int offset, int length) {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            throw Refusal.badRequest("the body could not be read to its end: " + e.getMessage());
        }
    }
}
