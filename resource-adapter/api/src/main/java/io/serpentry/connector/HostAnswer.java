// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What Python gets for a question that it asked during a call.
 *
 * @param json any JSON value, in UTF-8
 */
public record HostAnswer(byte[] json, List<ByteBuffer> attachments) {

    public HostAnswer {
        attachments = List.copyOf(attachments);
    }
}
