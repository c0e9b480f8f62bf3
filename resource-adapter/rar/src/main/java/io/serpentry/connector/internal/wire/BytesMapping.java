// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.bind.JsonbException;
import jakarta.json.bind.serializer.DeserializationContext;
import jakarta.json.bind.serializer.JsonbDeserializer;
import jakarta.json.bind.serializer.JsonbSerializer;
import jakarta.json.bind.serializer.SerializationContext;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;

/** Maps bytes to references: {@code {"$attachment": 0}} in the JSON, the bytes themselves beside it. */
final class BytesMapping {

    private BytesMapping() {}

    static final class OfArray implements JsonbSerializer<byte[]>, JsonbDeserializer<byte[]> {
        @Override
        public void serialize(byte[] bytes, JsonGenerator generator, SerializationContext context) {
            writeReference(Attachments.current().add(ByteBuffer.wrap(bytes)), generator);
        }

        @Override
        public byte[] deserialize(JsonParser parser, DeserializationContext context, Type type) {
            return Attachments.bytes(readReference(parser));
        }
    }

    static final class OfBuffer implements JsonbSerializer<ByteBuffer>, JsonbDeserializer<ByteBuffer> {
        @Override
        public void serialize(ByteBuffer bytes, JsonGenerator generator, SerializationContext context) {
            writeReference(Attachments.current().add(bytes.duplicate()), generator);
        }

        @Override
        public ByteBuffer deserialize(JsonParser parser, DeserializationContext context, Type type) {
            return readReference(parser);
        }
    }

    /** The JSON that stands for an attachment. */
    static String reference(int index) {
        return "{\"" + Attachments.REFERENCE + "\":" + index + "}";
    }

    private static void writeReference(int index, JsonGenerator generator) {
        generator.writeStartObject().write(Attachments.REFERENCE, index).writeEnd();
    }

    private static ByteBuffer readReference(JsonParser parser) {
        return referred(parser.getObject());
    }

    /** The bytes that a JSON value stands for; within {@link Attachments#during}. */
    static ByteBuffer referred(JsonValue value) {
        if (!(value instanceof JsonObject reference)
                || reference.size() != 1
                || !reference.containsKey(Attachments.REFERENCE)) {
            throw new JsonbException("bytes were expected, Python sent another value");
        }
        return Attachments.current().get(reference.getInt(Attachments.REFERENCE));
    }
}
