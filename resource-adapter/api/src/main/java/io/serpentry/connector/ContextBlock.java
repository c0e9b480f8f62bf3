// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a component between the application and Python sends along with a call, or gets back with its result. The adapter
 * carries it and never reads it.
 *
 * @param json an object, in UTF-8; not copied
 * @param attachments raw bytes between position and limit of each buffer, at most 65,000 of them
 */
public record ContextBlock(byte[] json, List<ByteBuffer> attachments) {

    public ContextBlock {
        attachments = List.copyOf(attachments);
    }
}
